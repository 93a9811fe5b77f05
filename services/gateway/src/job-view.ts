import type { AudioStage, Job, JobView, VisibleState } from '@clipscribe/contracts';
import { isGone, servedTranscript } from '@clipscribe/job-protocol';
import { iso } from './iso.ts';
import { transcriptView } from './transcripts/transcript-view.ts';

/** Lists hand out the same unchanged jobs many times; the text of a view lives as long as its job. */
const texts = new WeakMap<Job, string>();

/** The view as JSON text. */
export function jobViewText(job: Job): string {
  const known = texts.get(job);
  if (known !== undefined) return known;
  const text = JSON.stringify(jobView(job));
  texts.set(job, text);
  return text;
}

/** A job as its owner sees it: nothing of leases, outbox or other inner workings. */
export function jobView(job: Job): JobView {
  return {
    id: job.id,
    state: visibleState(job),
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    ...(job.finishedAt === undefined ? {} : { finishedAt: iso(job.finishedAt) }),
    run: job.run,
    source: { name: job.source.name, bytes: job.source.bytes, sha256: job.source.sha256 },
    options: job.options,
    audio: audioView(job.audio),
    transcript: transcriptView(job),
    ...(job.error === undefined ? {} : { error: job.error }),
    links: links(job),
  };
}

function visibleState(job: Job): VisibleState {
  if (!isGone(job)) return job.state as VisibleState; // the states that isGone rules out are all the others
  throw new RangeError('a deleted job is not shown');
}

function audioView({ finishedAt, ...audio }: AudioStage): JobView['audio'] {
  return { ...audio, ...(finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) }) };
}

function links(job: Job): Record<string, string> {
  const self = `/jobs/${job.id}`;
  const audio =
    job.audio.fileId === undefined
      ? {}
      : { audio: `${self}/audio`, download: `/download?fid=${job.audio.fileId}` };
  const transcript =
    servedTranscript(job) === undefined
      ? {}
      : { transcript: `${self}/transcript`, transcripts: `${self}/transcripts` };
  return { self, events: `${self}/events`, ...audio, ...transcript };
}
