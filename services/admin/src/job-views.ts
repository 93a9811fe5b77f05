import { terminalStates, type Job, type Notice } from '@clipscribe/contracts';
import { iso } from './output.ts';

/** A job as scripts get it in a list. */
export function jobSummary(job: Job, ownerEmail: string): Record<string, unknown> {
  return {
    id: job.id,
    state: job.state,
    run: job.run,
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    finishedAt: isoIfSet(job.finishedAt),
    owner: { id: job.ownerId, email: ownerEmail },
    source: { name: job.source.name, bytes: job.source.bytes },
    error: job.error,
  };
}

/** Everything that says where a job stands and what it waits for. */
export function jobDetails(job: Job, ownerEmail: string): Record<string, unknown> {
  return {
    ...jobSummary(job, ownerEmail),
    source: job.source,
    options: job.options,
    audio: { ...job.audio, finishedAt: isoIfSet(job.audio.finishedAt) },
    transcript: job.transcript,
    chunks: chunkCounts(job),
    attempts: job.attempts,
    leaseUntil: isoIfSet(job.lease?.expiresAt),
    retryAt: isoIfSet(job.retryAt),
    sweepAt: job.dueAt === null ? undefined : iso(job.dueAt),
    waitingMessages: job.outbox.map(({ queue }) => queue),
    notice: job.notice && noticeView(job.notice),
  };
}

/** The same for people, as names and values. */
export function jobFields(job: Job, ownerEmail: string): Record<string, string | undefined> {
  const { audio, transcript, source, notice, error } = job;
  const isOver = terminalStates.includes(job.state);
  return {
    id: job.id,
    state: job.run === 1 ? job.state : `${job.state} (run ${job.run})`,
    error: error && `${error.code}: ${error.reason}`,
    owner: ownerEmail,
    file: `${source.name} (${source.bytes} bytes, stored as ${source.fileId})`,
    created: iso(job.createdAt),
    updated: iso(job.updatedAt),
    finished: isoIfSet(job.finishedAt),
    audio: stageText(audio, audio.fileId),
    transcript: stageText(transcript, transcript.fileId),
    chunks: isOver || job.chunks.length === 0 ? undefined : chunkText(job),
    attempts: job.attempts === 0 ? undefined : `${job.attempts} failed`,
    'retry at': isoIfSet(job.retryAt),
    'worked on until': isoIfSet(job.lease?.expiresAt),
    'unpublished messages': job.outbox.length === 0 ? undefined : String(job.outbox.length),
    mail: notice && `${notice.kind} notice: ${notice.state}${notice.error ? `: ${notice.error.reason}` : ''}`,
  };
}

function stageText({ state, progress, error }: Job['audio'], fileId: string | undefined): string {
  const detail =
    state === 'running' ? `${Math.round(progress * 100)} %` : (error?.code ?? fileId ?? undefined);
  return detail === undefined ? state : `${state}, ${detail}`;
}

function chunkCounts({ chunks }: Job): Record<'total' | 'done' | 'failed', number> {
  const inState = (state: string): number => chunks.filter((chunk) => chunk.state === state).length;
  return { total: chunks.length, done: inState('done'), failed: inState('failed') };
}

function chunkText(job: Job): string {
  const { done, total } = chunkCounts(job);
  return `${done} of ${total} done`;
}

function noticeView({ sentAt, ...notice }: Notice): Record<string, unknown> {
  return { ...notice, sentAt: isoIfSet(sentAt) };
}

function isoIfSet(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : iso(ms);
}
