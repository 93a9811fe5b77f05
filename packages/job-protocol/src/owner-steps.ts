import {
  terminalStates,
  type AudioStage,
  type Job,
  type TranscriptOptions,
  type TranscriptStage,
} from '@clipscribe/contracts';
import { indexOf } from '@clipscribe/job-store';
import { isGone } from './is-gone.ts';
import { jobSlot } from './lease-slot.ts';
import { freshTranscript } from './new-job.ts';
import { omit } from './omit.ts';
import { runOutbox } from './outbox.ts';
import { isFull, withNextVersion } from './transcript-versions.ts';
import type { Change } from './transition.ts';
import { videoEntry } from './wanted-messages.ts';
import { withEvent } from './webhook-plan.ts';

/** Ends a job that is not over; whoever works on it loses the lease and stops. */
export const cancel: Change = (job, now) => {
  if (job.state === 'cancelled') return job;
  if (terminalStates.includes(job.state) || isGone(job)) return null;
  const cancelled: Job = {
    ...omit(job, 'lease', 'retryAt', 'error'),
    state: 'cancelled',
    finishedAt: now,
    audio: ended(job.audio),
    transcript: ended(job.transcript),
    chunks: [],
    outbox: runOutbox(job, []),
  };
  return withEvent(cancelled, now, 'cancelled');
};

/**
 * A new run of a job that failed, was cancelled or is partial; a whole MP3 that is there is kept. So is a transcript
 * of an MP3 that is not whole, as an earlier version.
 */
export const retry: Change = (job, now) => {
  if (job.state !== 'failed' && job.state !== 'partial' && job.state !== 'cancelled') return null;
  if (job.source.expiredAt !== undefined) return null;
  const audio = job.audio.error === undefined ? audioToKeep(job) : freshAudio;
  if (job.transcript.state !== 'done') return newRun({ ...job, audio }, now);
  return isFull(job) ? null : newRun({ ...withNextVersion(job, { askedAt: now }), audio }, now);
};

const freshAudio: AudioStage = { state: 'pending', progress: 0 };

/** The MP3 for another run: one whose file is there. */
function audioToKeep({ audio }: Job): AudioStage {
  return audio.state === 'done' && audio.fileId !== undefined ? audio : freshAudio;
}

/**
 * Why a job cannot be transcribed once more: it is not over, never had an MP3, has as many versions as it may have, or
 * its source has expired.
 */
export type TranscriptRefusal = 'running' | 'no-audio' | 'full' | 'expired';

export function transcriptRefusal(job: Job): TranscriptRefusal | null {
  if (!terminalStates.includes(job.state)) return 'running';
  if (job.audio.state !== 'done') return 'no-audio';
  if (isFull(job)) return 'full';
  return job.source.expiredAt === undefined ? null : 'expired';
}

/** A new run that makes a further version of the transcript; all earlier versions are kept, and an MP3 that is there. */
export function newTranscript(options: TranscriptOptions, idempotencyKey?: string): Change {
  return (job, now) => {
    if (transcriptRefusal(job) !== null) return null;
    const request = { askedAt: now, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    const kept = omit(job.options, 'language', 'prompt');
    const next = {
      ...withNextVersion(job, request),
      audio: audioToKeep(job),
      options: { ...kept, ...options, transcript: true },
    };
    return newRun(next, now);
  };
}

/** The same change, whose run is then a part of this trace; of none when nothing is traced. */
export function inTrace(change: Change, traceparent: string | undefined): Change {
  return (job, now) => {
    const free = omit(job, 'traceparent');
    return change(traceparent === undefined ? free : { ...free, traceparent }, now);
  };
}

/** Back to the queue for another run. */
function newRun(job: Job, now: number): Job {
  const next: Job = {
    ...omit(job, 'lease', 'error', 'notice', 'finishedAt', 'retryAt'),
    state: 'queued',
    run: job.run + 1,
    askedAt: now,
    attempts: 0,
    transcript: freshTranscript(job.options),
    chunks: [],
  };
  return { ...next, outbox: runOutbox(job, [videoEntry(next)]) };
}

/** From now on the job is gone for its owner; its files are removed next. */
export const startDeletion: Change = (job) => {
  if (isGone(job)) return null;
  // Without their leases the workers can change nothing any more, such as end the job once again.
  const chunks = job.chunks.map((chunk) => omit(chunk, 'lease'));
  const free = omit(jobSlot.set(job, undefined), 'webhooks');
  return { ...free, state: 'deleting', chunks, outbox: [] };
};

/** The files are removed; what stays for a day is a tombstone without anything personal. */
export const deletionDone: Change = (job) => {
  if (job.state !== 'deleting') return null;
  return {
    ...omit(
      job,
      'lease',
      'retryAt',
      'error',
      'notice',
      'traceparent',
      'earlierTranscripts',
      'transcriptRequest',
    ),
    state: 'deleted',
    ownerEmail: '',
    upload: { fingerprint: '', index: 0 },
    source: { ...omit(job.source, 'parts'), name: '', sha256: '' },
    options: { transcript: job.options.transcript, quality: job.options.quality },
    audio: { state: job.audio.state, progress: job.audio.progress, ...minutesOf(job) },
    transcript: { state: job.transcript.state, progress: job.transcript.progress },
    chunks: [],
    outbox: [],
  };
};

/** What the owner has used stays counted for as long as it would have been. */
function minutesOf(job: Job): Pick<AudioStage, 'finishedAt' | 'durationSeconds'> {
  const { audioAt, audioSeconds } = indexOf(job);
  return audioAt === null ? {} : { finishedAt: audioAt, durationSeconds: audioSeconds };
}

function ended<S extends AudioStage | TranscriptStage>(stage: S): S {
  return stage.state === 'pending' || stage.state === 'running' ? { ...stage, state: 'skipped' } : stage;
}
