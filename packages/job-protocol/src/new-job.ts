import type { Job, TranscriptStage, UploadOptions } from '@clipscribe/contracts';
import { dueAt } from './due.ts';
import { videoEntry } from './wanted-messages.ts';

/** What is known of one uploaded file when its job begins. */
export interface AcceptedFile {
  jobId: string;
  fileId: string;
  name: string;
  bytes: number;
  /** Not known of a resumable upload in several parts. */
  sha256?: string;
  /** The files of a resumable upload, in order; `fileId` is the first of them. */
  parts?: string[];
}

export interface AcceptedUpload {
  ownerId: string;
  ownerEmail: string;
  options: UploadOptions;
  /** SHA-256 over options and files, to tell a repeated upload from another one under the same key. */
  fingerprint: string;
  idempotencyKey?: string;
  traceparent?: string;
}

/** A queued job with the message that starts it already in its outbox: one document, one write. */
export function newJob(upload: AcceptedUpload, file: AcceptedFile, index: number, now: number): Job {
  const { jobId, ...source } = file;
  const { idempotencyKey, traceparent, fingerprint } = upload;
  const job: Job = {
    id: jobId,
    version: 1,
    ownerId: upload.ownerId,
    ownerEmail: upload.ownerEmail,
    state: 'queued',
    run: 1,
    createdAt: now,
    updatedAt: now,
    upload: { fingerprint, index, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
    source,
    options: upload.options,
    audio: { state: 'pending', progress: 0 },
    transcript: freshTranscript(upload.options),
    chunks: [],
    attempts: 0,
    outbox: [],
    dueAt: null,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const queued: Job = { ...job, outbox: [videoEntry(job)] };
  return { ...queued, dueAt: dueAt(queued, now) };
}

/** The transcript of a run that begins: there is nothing to wait for when none was asked for. */
export function freshTranscript({ transcript }: UploadOptions): TranscriptStage {
  return { state: transcript ? 'pending' : 'skipped', progress: 0 };
}
