import type { Lease } from './lease.ts';
import type { UploadOptions } from './options.ts';

/** A piece of an upload that is stored for good. */
export interface UploadPart {
  fileId: string;
  bytes: number;
}

/** The right to add to an upload; who wants it next asks the holder to let go. */
export interface UploadLock extends Lease {
  releaseRequested?: true;
}

/**
 * A resumable upload (tus 1.0) until it becomes a job. Its life: open ─► complete (all bytes are there) ─► job, or
 * open ─► expired or terminated, after which its files are removed. Times are ms since the epoch in the job store's
 * own clock.
 */
export interface ResumableUpload {
  /** Also that of the job that it becomes. */
  id: string;
  /** Grows with every change; each is a compare-and-set on it. */
  version: number;
  ownerId: string;
  ownerEmail: string;
  /** Bytes of the whole file. */
  length: number;
  /** What is there of it, in order. */
  parts: UploadPart[];
  /** Files that count for nothing: one that is being written, and those to be removed. */
  pending: string[];
  name: string;
  options: UploadOptions;
  /** The `Upload-Metadata` header as it was sent. */
  metadata: string;
  createdAt: number;
  /** Moved on by every part that is stored. */
  expiresAt: number;
  lock?: UploadLock;
}

/** How many bytes of the upload are stored for good. */
export function offsetOf({ parts }: Pick<ResumableUpload, 'parts'>): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** True when all bytes are there, so that only the job is missing. */
export function isComplete(upload: Pick<ResumableUpload, 'parts' | 'length'>): boolean {
  return offsetOf(upload) === upload.length;
}

/** Every file that the upload knows of. */
export function filesOfUpload({ parts, pending }: Pick<ResumableUpload, 'parts' | 'pending'>): string[] {
  return [...parts.map(({ fileId }) => fileId), ...pending];
}
