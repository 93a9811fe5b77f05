import { iso, type AudioStage, type Job, type JobView, type VisibleState } from '@clipscribe/contracts';
import { isGone } from './is-gone.ts';
import { expiryOf, keepForEver, type Retention } from './retention.ts';
import { newestVersion, servedTranscript } from './transcript-versions.ts';

/** A job as its owner sees it: nothing of leases, outbox or other inner workings. */
export function jobView(job: Job, retention: Retention = keepForEver): JobView {
  return {
    id: job.id,
    state: visibleState(job),
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    ...(job.finishedAt === undefined ? {} : { finishedAt: iso(job.finishedAt) }),
    run: job.run,
    source: sourceView(job.source),
    options: job.options,
    audio: audioView(job.audio),
    transcript: transcriptView(job),
    ...(job.error === undefined ? {} : { error: job.error }),
    ...expiryView(job, retention),
    links: links(job),
  };
}

function sourceView({ name, bytes, sha256, expiredAt }: Job['source']): JobView['source'] {
  return { name, bytes, ...(sha256 === undefined ? {} : { sha256 }), ...expiredView(expiredAt) };
}

function visibleState(job: Job): VisibleState {
  if (!isGone(job)) return job.state as VisibleState; // the states that isGone rules out are all the others
  throw new RangeError('a deleted job is not shown');
}

function audioView({ finishedAt, expiredAt, ...audio }: AudioStage): JobView['audio'] {
  const finished = finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) };
  return { ...audio, ...finished, ...expiredView(expiredAt) };
}

function expiredView(expiredAt: number | undefined): { expiredAt?: string } {
  return expiredAt === undefined ? {} : { expiredAt: iso(expiredAt) };
}

function expiryView(job: Job, retention: Retention): Pick<JobView, 'expires'> {
  const times = Object.entries(expiryOf(job, retention));
  return times.length === 0
    ? {}
    : { expires: Object.fromEntries(times.map(([what, at]) => [what, iso(at)])) };
}

/** The newest version as a part of its job. */
function transcriptView(job: Job): JobView['transcript'] {
  const total = job.chunks.length;
  const done = job.chunks.filter(({ resultFileId }) => resultFileId !== undefined).length;
  const { expiredAt, ...transcript } = job.transcript;
  return {
    ...transcript,
    ...expiredView(expiredAt),
    ...(job.options.transcript ? { version: newestVersion(job) } : {}),
    ...(total === 0 ? {} : { chunks: { done, total } }),
  };
}

function links(job: Job): JobView['links'] {
  const self = `/jobs/${job.id}`;
  const audio =
    job.audio.fileId === undefined
      ? {}
      : { audio: `${self}/audio`, download: `/download?fid=${job.audio.fileId}` };
  const transcript =
    servedTranscript(job) === undefined
      ? {}
      : { transcript: `${self}/transcript`, transcripts: `${self}/transcripts` };
  const told = (job.webhooks?.deliveries.length ?? 0) > 0;
  const webhooks = told ? { webhooks: `${self}/webhooks` } : {};
  return { self, events: `${self}/events`, ...audio, ...transcript, ...webhooks };
}
