import { terminalStates, type Job, type JobState } from '@clipscribe/contracts';

/** Grows with every change of what is derived, so that jobs which an older release wrote are found and derived again. */
export const INDEX_VERSION = 1;

/** What stores search jobs by, derived from the job with every write; times are ms since the epoch. */
export interface JobIndex {
  version: number;
  /** Since when, or from when on, the video step waits for a worker; null while one is at it and when it is over. */
  videoFrom: number | null;
  /** The same for the chunk that waits longest. */
  chunkFrom: number | null;
  /** Neither ended nor being deleted. */
  isActive: boolean;
  /** What the job's lasting files take of the file store. */
  storedBytes: number;
  /** When the sound track was read through, and its length. */
  audioAt: number | null;
  audioSeconds: number;
  /** When the run ended; null before, and while the job is being deleted. */
  endedAt: number | null;
  hasSource: boolean;
  hasResults: boolean;
}

const gone: readonly JobState[] = ['deleting', 'deleted'];

/** @returns what a job in this state is searched by */
export function indexOf(job: Job): JobIndex {
  const isGone = gone.includes(job.state);
  const hasEnded = terminalStates.includes(job.state);
  return {
    version: INDEX_VERSION,
    videoFrom: videoFrom(job),
    chunkFrom: chunkFrom(job),
    isActive: !hasEnded && !isGone,
    storedBytes: job.state === 'deleted' ? 0 : storedBytes(job),
    audioAt: job.audio.finishedAt ?? null,
    audioSeconds: job.audio.durationSeconds ?? 0,
    endedAt: hasEnded ? (job.finishedAt ?? job.updatedAt) : null,
    hasSource: !isGone && job.source.expiredAt === undefined,
    hasResults: !isGone && [job.audio, job.transcript, ...(job.earlierTranscripts ?? [])].some(hasFile),
  };
}

function hasFile({ fileId }: { fileId?: string }): boolean {
  return fileId !== undefined;
}

function videoFrom({ state, lease, retryAt, createdAt }: Job): number | null {
  if (lease !== undefined || (state !== 'queued' && state !== 'converting')) return null;
  return retryAt ?? createdAt;
}

function chunkFrom({ state, chunks, createdAt }: Job): number | null {
  if (state !== 'transcribing') return null;
  const waiting = chunks.filter((chunk) => chunk.state === 'pending' && chunk.lease === undefined);
  return waiting.length === 0 ? null : Math.min(...waiting.map(({ retryAt }) => retryAt ?? createdAt));
}

function storedBytes({ source, audio, transcript, earlierTranscripts = [] }: Job): number {
  const transcripts = [...earlierTranscripts, transcript].map(({ bytes = 0 }) => bytes);
  const kept = [source.expiredAt === undefined ? source.bytes : 0, audio.bytes ?? 0, ...transcripts];
  return kept.reduce((sum, bytes) => sum + bytes, 0);
}
