import type { Failure } from './failures.ts';
import type { JobWebhooks } from './job-webhooks.ts';
import type { Lease } from './lease.ts';
import type { QueueName } from './messages.ts';
import type { TranscriptOptions, UploadOptions } from './options.ts';

/**
 * The life of a job. The four below `transcribing` are terminal; only retry and a new version of the transcript
 * leave them, with a new run.
 *
 *     queued ─► converting ─► transcribing ─► succeeded
 *                   │              └────────► partial     the MP3 is there, the transcript is not
 *                   └───────────────────────► failed
 *     any before the end ───────────────────► cancelled
 *     any ─► deleting ─► deleted (a tombstone that is removed a day later)
 */
export const visibleStates = [
  'queued',
  'converting',
  'transcribing',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
] as const;
export type VisibleState = (typeof visibleStates)[number];
export type JobState = VisibleState | 'deleting' | 'deleted';

/** The states in which a run ends. */
export const endStates = ['succeeded', 'partial', 'failed', 'cancelled'] as const;
export type EndState = (typeof endStates)[number];

export const terminalStates: readonly JobState[] = endStates;

export const stageStates = ['pending', 'running', 'done', 'failed', 'skipped'] as const;

/** One visible half of the work: the audio or the transcript. */
export interface Stage {
  state: (typeof stageStates)[number];
  /** 0 to 1, from the real position in the media. */
  progress: number;
  error?: Failure;
}

export interface AudioStage extends Stage {
  fileId?: string;
  bytes?: number;
  durationSeconds?: number;
  /** ms since the epoch at which the MP3 could be downloaded. */
  finishedAt?: number;
  /** When its file was removed, long after the job had ended, ms since the epoch. */
  expiredAt?: number;
}

export interface TranscriptStage extends Stage {
  fileId?: string;
  /** Size of its stored form; absent in jobs of releases that did not keep it. */
  bytes?: number;
  /** When its file was removed, long after the job had ended, ms since the epoch. */
  expiredAt?: number;
  /** The engine and its model, known from the first chunk that was heard. */
  engine?: string;
  model?: string;
  /** As stated by the owner or detected by the engine. */
  language?: string;
  /** Seconds of audio that the engine was asked for in this run and gave an answer to; silence is not sent to it. */
  secondsTranscribed?: number;
  /** Number of words that have times of their own; absent when the engine gives none. */
  words?: number;
  /** Set when nobody speaks in the recording: the transcript is empty, and right. */
  speech?: 'none';
}

/** One version of the transcript, with how it was asked for. */
export interface TranscriptVersion extends TranscriptStage {
  options: TranscriptOptions;
  /** ms since the epoch. */
  askedAt: number;
  /** Absent while it is being made. */
  endedAt?: number;
  idempotencyKey?: string;
}

/** A piece of the speech, transcribed by one message; its result is a durable checkpoint. */
export interface Chunk {
  index: number;
  /** Position in the recording, in seconds. */
  startSeconds: number;
  endSeconds: number;
  /** The chunk's audio. */
  fileId: string;
  /** Where in it nobody speaks for some seconds, as positions in the recording; absent when somebody always does. */
  quiet?: { start: number; end: number }[];
  state: 'pending' | 'done' | 'failed';
  attempts: number;
  lease?: Lease;
  /** Not before this time the chunk is tried again. */
  retryAt?: number;
  /** Since when it waits for what only the operator can end, such as a used-up quota. */
  parkedAt?: number;
  resultFileId?: string;
}

/** A message that has to be published; it leaves the job only after the broker has confirmed it. */
export interface OutboxEntry {
  id: string;
  queue: QueueName;
  body: string;
  delayMs: number;
}

export type NoticeKind = 'ready' | 'failed';

/** The mail that tells the owner how the job ended; at most one of a kind per run. */
export interface Notice {
  kind: NoticeKind;
  /** `skipped`: its owner wants no mail of this kind. */
  state: 'pending' | 'sent' | 'failed' | 'skipped';
  /** Stable: a second copy after a crash carries the same one. */
  messageId: string;
  attempts: number;
  sentAt?: number;
  error?: Failure;
}

/** Times are ms since the epoch in the job store's own clock. */
export interface Job {
  id: string;
  /** Grows with every change; the compare-and-set of every transition is on it. */
  version: number;
  ownerId: string;
  ownerEmail: string;
  state: JobState;
  /** 1 for the first run, one more for every retry and every new version of the transcript. */
  run: number;
  createdAt: number;
  updatedAt: number;
  /** When this run was asked for; absent for the first, which the upload asked for. */
  askedAt?: number;
  finishedAt?: number;
  /** Files of one upload share the key and the fingerprint; `index` is the place in the upload. */
  upload: { idempotencyKey?: string; fingerprint: string; index: number };
  source: {
    fileId: string;
    name: string;
    bytes: number;
    /** Of a resumable upload in several parts it is known only when the converter has read them. */
    sha256?: string;
    /** The files that a resumable upload consists of, in order; `fileId` is the first of them. */
    parts?: string[];
    /** When its file was removed, long after the job had ended, ms since the epoch. */
    expiredAt?: number;
  };
  /** Those of the upload; language and prompt are those of the newest version of the transcript. */
  options: UploadOptions;
  audio: AudioStage;
  /** The newest version. */
  transcript: TranscriptStage;
  /** The versions before, the first one first; absent when there are none. Their numbers are their places, from 1. */
  earlierTranscripts?: TranscriptVersion[];
  /** How the newest version was asked for; absent when it came with the upload. */
  transcriptRequest?: { askedAt: number; idempotencyKey?: string };
  chunks: Chunk[];
  /** Held by the worker of the video stage or by the one that notifies. */
  lease?: Lease;
  /** Failed attempts at the current step (transient ones and lost workers). */
  attempts: number;
  /** Not before this time the current step is tried again. */
  retryAt?: number;
  error?: Failure;
  outbox: OutboxEntry[];
  notice?: Notice;
  /** Absent when there is nothing to tell to anybody, and never was. */
  webhooks?: JobWebhooks;
  /** When the sweeper has to look at this job, or null when nothing can be overdue. */
  dueAt: number | null;
  /** W3C trace context of the request that asked for this run; absent while nothing is traced. */
  traceparent?: string;
}

/** A note that an upload is under way, so that what a dead gateway left behind can be removed. */
export interface UploadIntent {
  id: string;
  ownerId: string;
  fileIds: string[];
  touchedAt: number;
  /** What it will take of its owner's share when it has become jobs: 0 bytes and one job when nothing is said. */
  reservedBytes?: number;
  reservedJobs?: number;
}
