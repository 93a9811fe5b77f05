import { searchTextOf, terminalStates, type Job, type JobState } from '@clipscribe/contracts';
import { USAGE_WINDOW_MS } from './owner-usage.ts';
import { isVideoWaiting, waitingChunks } from './waiting-work.ts';

/** Grows with every change of what is derived, so that jobs which an older release wrote are found and derived again. */
export const INDEX_VERSION = 2;

/** What stores search jobs by, derived from the job with every write; times are ms since the epoch. */
export interface JobIndex {
  version: number;
  /** When the job was accepted whose video step waits for its turn; null when it does not (waiting-work.ts). */
  videoFrom: number | null;
  /** The same for its chunks, while any of them waits. */
  chunkFrom: number | null;
  /** Neither ended nor being deleted. */
  isActive: boolean;
  /** What the job's lasting files take of the file store. */
  storedBytes: number;
  /** When the recording was last worked through, and the seconds of that and of what came a day or less before. */
  audioAt: number | null;
  audioSeconds: number;
  /** When the run ended; null before, and while the job is being deleted. */
  endedAt: number | null;
  hasSource: boolean;
  hasResults: boolean;
  /** The names that it is found by, folded; empty while it is being deleted. */
  searchText: string;
}

const gone: readonly JobState[] = ['deleting', 'deleted'];

/** @returns what a job in this state is searched by */
export function indexOf(job: Job): JobIndex {
  const isGone = gone.includes(job.state);
  const hasEnded = terminalStates.includes(job.state);
  return {
    version: INDEX_VERSION,
    videoFrom: isVideoWaiting(job) ? job.createdAt : null,
    chunkFrom: waitingChunks(job).length > 0 ? job.createdAt : null,
    isActive: !hasEnded && !isGone,
    storedBytes: job.state === 'deleted' ? 0 : storedBytes(job),
    ...heard(job),
    endedAt: hasEnded ? (job.finishedAt ?? job.updatedAt) : null,
    hasSource: !isGone && job.source.expiredAt === undefined,
    hasResults: !isGone && [job.audio, job.transcript, ...(job.earlierTranscripts ?? [])].some(hasFile),
    searchText: isGone ? '' : searchTextOf(job),
  };
}

function hasFile({ fileId }: { fileId?: string }): boolean {
  return fileId !== undefined;
}

/**
 * A recording is worked through for its MP3, and once more for every further version of its transcript. The tombstone
 * of a deleted job says what it came to.
 */
function heard(job: Job): Pick<JobIndex, 'audioAt' | 'audioSeconds'> {
  const { finishedAt, durationSeconds = 0 } = job.audio;
  if (finishedAt === undefined) return { audioAt: null, audioSeconds: 0 };
  const further = [...(job.earlierTranscripts ?? []).slice(1), job.transcriptRequest];
  const times = [finishedAt, ...further.map((version) => version?.askedAt ?? 0)];
  const audioAt = Math.max(...times);
  const recent = times.filter((at) => at > audioAt - USAGE_WINDOW_MS).length;
  return { audioAt, audioSeconds: recent * durationSeconds };
}

/** Those that have a file; sizes of removed ones are still known. */
function storedBytes({ source, audio, transcript, earlierTranscripts = [] }: Job): number {
  const results = [audio, ...earlierTranscripts, transcript].filter(hasFile);
  const kept = [source.expiredAt === undefined ? source.bytes : 0, ...results.map(({ bytes = 0 }) => bytes)];
  return kept.reduce((sum, bytes) => sum + bytes, 0);
}
