import {
  failures,
  type Chunk,
  type Failure,
  type Job,
  type JobFailure,
  type Lease,
  type AudioStage,
  type TranscriptStage,
} from '@clipscribe/contracts';
import { isVideoWaiting } from '@clipscribe/job-store';
import { backoffMs, MAX_ATTEMPTS } from '@clipscribe/runtime';
import { finish, finishReady } from './finish.ts';
import { isLive, jobSlot } from './lease-slot.ts';
import { omit } from './omit.ts';
import { runOutbox } from './outbox.ts';
import { LEASE_MS, RETRY_TOLERANCE_MS } from './timing.ts';
import { preparedProgress, transcribedProgress } from './transcript-progress.ts';
import type { Change } from './transition.ts';
import { chunkEntry, videoEntry } from './wanted-messages.ts';

/** Takes a queued job, or one whose worker was lost, for conversion. */
export function claimVideo(token: string): Change {
  return (job, now) => {
    if (job.state !== 'queued' && job.state !== 'converting') return null;
    if (isLive(job.lease, now) || (job.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
    const counted = job.lease ? videoAttemptLost(job, now) : job;
    if (counted.state === 'failed' || counted.state === 'partial') return counted;
    const audio: AudioStage = job.audio.state === 'done' ? job.audio : { state: 'running', progress: 0 };
    const lease: Lease = { token, expiresAt: now + LEASE_MS };
    return { ...counted, state: 'converting', audio, lease, outbox: runOutbox(job, []) };
  };
}

/** The message of a job that nobody holds has come: it is published and no longer delayed. */
export const videoArrived: Change = (job, now) => {
  const isFree = (job.state === 'queued' || job.state === 'converting') && job.lease === undefined;
  if (!isFree || isVideoWaiting(job) || (job.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
  return { ...omit(job, 'retryAt'), outbox: runOutbox(job, []) };
};

/** The hash of a recording that was uploaded in parts is known, now that these were read. */
export function sourceRead(sha256: string): Change {
  return (job) => ({ ...job, source: { ...job.source, sha256 } });
}

/** Shows how far the MP3 is (0 to 1). */
export function audioProgress(progress: number): Change {
  return (job) => {
    if (job.audio.state === 'done') return job; // a late report
    const reached = Math.min(Math.max(progress, job.audio.progress), 1);
    return { ...job, audio: { ...job.audio, state: 'running', progress: reached } };
  };
}

/** The MP3 is stored: it can be downloaded from now on, whatever becomes of the transcript. */
export function audioDone(
  audio: Required<Pick<AudioStage, 'fileId' | 'bytes' | 'durationSeconds'>> & Pick<AudioStage, 'error'>,
): Change {
  return (job, now) => ({ ...job, audio: { ...audio, state: 'done', progress: 1, finishedAt: now } });
}

/** The run ends with the MP3, because no transcript was asked for, or none can be made on this server. */
export function transcriptSkipped(why?: Failure): Change {
  return (job, now) => {
    const transcript: TranscriptStage = {
      state: 'skipped',
      progress: 0,
      ...(why === undefined ? {} : { error: why }),
    };
    return finishReady({ ...job, transcript }, now);
  };
}

/** Shows how far the speech is prepared for the transcript (0 to 1). */
export function speechProgress(share: number): Change {
  return (job) => {
    const progress = Math.max(job.transcript.progress, preparedProgress(share));
    return { ...job, transcript: { ...job.transcript, state: 'running', progress } };
  };
}

/**
 * The speech is cut and stored; one message for each chunk follows.
 * @throws RangeError without chunks: a job that waits for none would wait for ever
 */
export function chunksCut(
  chunks: readonly Pick<Chunk, 'startSeconds' | 'endSeconds' | 'fileId' | 'quiet'>[],
): Change {
  if (chunks.length === 0) throw new RangeError('a transcript is made of at least one chunk');
  return (job) => {
    const pending = chunks.map((chunk, index): Chunk => ({ ...chunk, index, state: 'pending', attempts: 0 }));
    const next: Job = {
      ...omit(job, 'lease', 'error', 'retryAt'),
      state: 'transcribing',
      attempts: 0,
      chunks: pending,
      transcript: { state: 'running', progress: transcribedProgress(0, pending.length) },
    };
    const messages = pending.map(({ index }) => chunkEntry(next, index));
    return { ...next, outbox: runOutbox(job, messages) };
  };
}

/** An attempt failed: again after a while, or the end of the run. */
export function videoAttemptFailed(failure: JobFailure): Change {
  return (job, now) => {
    const attempts = job.attempts + 1;
    if (!failure.transient || attempts >= MAX_ATTEMPTS) return endVideo(job, now, asFailure(failure));
    const delayMs = backoffMs(attempts, failure.retryAfterMs);
    const waiting: Job = {
      ...backInQueue(job),
      attempts,
      retryAt: now + delayMs,
      error: asFailure(failure),
    };
    return { ...waiting, outbox: runOutbox(job, [videoEntry(waiting, delayMs)]) };
  };
}

/** The process stops: the job goes back to the queue, and the attempt does not count. */
export const videoGivenBack: Change = (job) => {
  const free = backInQueue(job);
  return { ...free, outbox: runOutbox(job, [videoEntry(free)]) };
};

/** A worker vanished. After too many of them the file itself is the likely cause. */
export function videoAttemptLost(job: Job, now: number): Job {
  const attempts = job.attempts + 1;
  const free: Job = { ...backInQueue(job), attempts };
  if (attempts < MAX_ATTEMPTS) return free;
  return endVideo(free, now, { code: 'WORKER_LOST', reason: failures.WORKER_LOST.reason });
}

/** Nobody works at the video any more; an MP3 that is there is kept. */
function backInQueue(job: Job): Job {
  const audio: AudioStage = job.audio.state === 'done' ? job.audio : { state: 'pending', progress: 0 };
  const { state } = job.transcript;
  const transcript: TranscriptStage =
    state === 'running' ? { state: 'pending', progress: 0 } : job.transcript;
  return { ...jobSlot.set(job, undefined), state: 'queued', audio, transcript };
}

function endVideo(job: Job, now: number, failure: Failure): Job {
  if (job.audio.state === 'done') return finishReady(withFailedTranscript(job, failure), now);
  const audio: AudioStage = { state: 'failed', progress: job.audio.progress, error: failure };
  return finish({ ...job, audio, transcript: { state: 'skipped', progress: 0 } }, now, 'failed', failure);
}

export function withFailedTranscript(job: Job, error: Failure): Job {
  return { ...job, transcript: { ...job.transcript, state: 'failed', error } };
}

export function asFailure(failure: JobFailure): Failure {
  const { reason } = failures[failure.code];
  return { code: failure.code, reason: failure.message === '' ? reason : failure.message };
}
