import {
  failures,
  parseMessage,
  type Chunk,
  type Failure,
  type Job,
  type JobFailure,
  type OutboxEntry,
  type TranscriptStage,
} from '@clipscribe/contracts';
import { waitingChunks } from '@clipscribe/job-store';
import { backoffMs, MAX_ATTEMPTS, PARK_LIMIT_MS, parkMs } from '@clipscribe/runtime';
import { finishReady } from './finish.ts';
import { chunkSlot, isLive } from './lease-slot.ts';
import { omit } from './omit.ts';
import { transcribedProgress } from './transcript-progress.ts';
import { costsOf, withCosts, type HeardBy } from './transcription-costs.ts';
import { LEASE_MS, RETRY_TOLERANCE_MS } from './timing.ts';
import type { Change } from './transition.ts';
import { asFailure, withFailedTranscript } from './video-steps.ts';
import { chunkEntry } from './wanted-messages.ts';

/** Takes a pending chunk, or one whose worker was lost. */
export function claimChunk(index: number, token: string): Change {
  return (job, now) => {
    const chunk = job.chunks[index];
    if (job.state !== 'transcribing' || chunk?.state !== 'pending') return null;
    if (isLive(chunk.lease, now) || (chunk.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
    const counted = chunk.lease ? chunkAttemptLost(job, index, now) : job;
    if (counted.state !== 'transcribing') return counted;
    const held = chunkSlot(index).set(counted, { token, expiresAt: now + LEASE_MS });
    return { ...held, outbox: otherEntries(job, index) };
  };
}

/** The message of a chunk that nobody holds has come: it is published and no longer delayed. */
export function chunkArrived(index: number): Change {
  return (job, now) => {
    const chunk = job.chunks[index];
    if (job.state !== 'transcribing' || chunk?.state !== 'pending' || chunk.lease !== undefined) return null;
    if (waitingChunks(job).includes(index) || (chunk.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
    const chunks = job.chunks.map((other) => (other.index === index ? omit(other, 'retryAt') : other));
    return { ...job, chunks, outbox: otherEntries(job, index) };
  };
}

/**
 * One chunk's result is stored: the checkpoint that no crash takes back. The lease stays, because the worker
 * whose checkpoint is the last of all assembles the transcript; the order of these writes says who that is.
 */
export function chunkCheckpoint(index: number, resultFileId: string, by?: HeardBy): Change {
  return (job, now) => {
    const next = withChunk(job, index, { resultFileId });
    const missing = next.chunks.filter((chunk) => chunk.resultFileId === undefined);
    // What another chunk waits for stays visible.
    const waits = missing.some(({ retryAt = 0 }) => retryAt > now);
    const transcript = waits ? job.transcript : omit(job.transcript, 'error');
    const progress = transcribedProgress(next.chunks.length - missing.length, next.chunks.length);
    return { ...next, transcript: { ...withCosts(transcript, by), progress } };
  };
}

/** True when every chunk has its checkpoint, so that the transcript can be assembled. */
export function isTranscribed(job: Job): boolean {
  return job.chunks.every((chunk) => chunk.resultFileId !== undefined);
}

/** This chunk needs no more work; another worker assembles. */
export function chunkDone(index: number): Change {
  return (job) => withChunk(chunkSlot(index).set(job, undefined), index, { state: 'done' });
}

/** The whole transcript is stored. */
export function transcriptDone(
  transcript: Required<Pick<TranscriptStage, 'fileId' | 'engine'>> &
    Pick<TranscriptStage, 'bytes' | 'model' | 'language' | 'words' | 'speech'>,
): Change {
  return (job, now) => {
    const costs = costsOf(job.transcript);
    return finishReady({ ...job, transcript: { ...transcript, ...costs, state: 'done', progress: 1 } }, now);
  };
}

/** An attempt at a chunk failed: the chunk alone again after a while, or the transcript is given up. */
export function chunkAttemptFailed(index: number, failure: JobFailure): Change {
  return (job, now) => {
    if (failure.parked) return chunkParked(job, index, now, failure);
    const attempts = (job.chunks[index]?.attempts ?? 0) + 1;
    if (!failure.transient || attempts >= MAX_ATTEMPTS) return endChunk(job, index, now, asFailure(failure));
    return laterChunk(job, index, now, failure, {
      attempts,
      delayMs: backoffMs(attempts, failure.retryAfterMs),
    });
  };
}

/** Only the operator can end this failure: the chunk is tried now and then for days, and no attempt counts. */
function chunkParked(job: Job, index: number, now: number, failure: JobFailure): Job {
  const parkedAt = job.chunks[index]?.parkedAt ?? now;
  if (now - parkedAt >= PARK_LIMIT_MS) return endChunk(job, index, now, asFailure(failure));
  return laterChunk(job, index, now, failure, { parkedAt, delayMs: parkMs(failure.retryAfterMs) });
}

/** The chunk goes back to the queue for later, and its owner sees why. */
function laterChunk(
  job: Job,
  index: number,
  now: number,
  failure: JobFailure,
  { delayMs, ...values }: Pick<Partial<Chunk>, 'attempts' | 'parkedAt'> & { delayMs: number },
): Job {
  const free = chunkSlot(index).set(job, undefined);
  const waiting = withChunk(free, index, { ...values, retryAt: now + delayMs });
  return {
    ...waiting,
    transcript: { ...job.transcript, error: asFailure(failure) },
    outbox: [...otherEntries(job, index), chunkEntry(waiting, index, delayMs)],
  };
}

/** The process stops: the chunk goes back to the queue, and the attempt does not count. */
export function chunkGivenBack(index: number): Change {
  return (job) => {
    const free = chunkSlot(index).set(job, undefined);
    return { ...free, outbox: [...otherEntries(job, index), chunkEntry(free, index)] };
  };
}

/** A worker vanished while it held the chunk. */
export function chunkAttemptLost(job: Job, index: number, now: number): Job {
  const attempts = (job.chunks[index]?.attempts ?? 0) + 1;
  const free = withChunk(chunkSlot(index).set(job, undefined), index, { attempts });
  if (attempts < MAX_ATTEMPTS) return free;
  return endChunk(free, index, now, { code: 'WORKER_LOST', reason: failures.WORKER_LOST.reason });
}

function endChunk(job: Job, index: number, now: number, failure: Failure): Job {
  const failed = withChunk(chunkSlot(index).set(job, undefined), index, { state: 'failed' });
  return finishReady(withFailedTranscript(failed, failure), now);
}

/** The outbox without this chunk's message: those of other chunks may not be published yet. */
function otherEntries(job: Job, index: number): OutboxEntry[] {
  return job.outbox.filter(({ body }) => parseMessage('transcribe', body)?.chunk !== index);
}

function withChunk(job: Job, index: number, values: Partial<Chunk>): Job {
  return {
    ...job,
    chunks: job.chunks.map((chunk) => (chunk.index === index ? { ...chunk, ...values } : chunk)),
  };
}
