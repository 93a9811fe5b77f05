import type { Job, ResumableUpload, UploadIntent, VisibleState } from '@clipscribe/contracts';
import type { OwnerUsage, Reserved, UsageOptions } from './owner-usage.ts';

/** A job as read, with the store's own time of the reading: leases are judged by no other clock. */
export interface JobReading {
  job: Job;
  /** ms since the epoch, database time. */
  now: number;
}

/** A resumable upload as read, with the store's own time of the reading. */
export interface UploadReading {
  upload: ResumableUpload;
  /** ms since the epoch, database time. */
  now: number;
}

export interface ListOptions {
  /** Absent for all owners (administrators). */
  ownerId?: string;
  state?: VisibleState;
  /** Jobs whose file name or title contains this, as `isCalled` says; nothing in it has a meaning of its own. */
  search?: string;
  /** The id of the last job of the page before. */
  cursor?: string;
  limit: number;
}

export interface ReplaceOptions {
  /**
   * The change may be lost in a power failure (not by a killed process), because the work is then done again
   * from what came before: claims, renewals, progress, entries struck off the outbox.
   */
  redoable?: boolean;
}

/** What may be removed of a job that has ended, by and by. */
export type Expiring = 'source' | 'results' | 'job';

/** The steps at which owners take turns. */
export type TurnStep = 'video' | 'transcribe';

/** Somebody's turn to have work done. */
export interface Turn {
  ownerId: string;
  /** The job of this owner that waits longest for the step. */
  jobId: string;
}

/**
 * Jobs with their outbox, and upload intents. A job is one document; every change of it is one compare-and-set
 * on `version`, so that no adapter needs transactions over several documents. What a method has reported as
 * done survives a crash. Throws UnavailableError when the database cannot be reached.
 */
export interface JobStore {
  get: (id: string) => Promise<JobReading | null>;
  /**
   * Writes `job` if the stored version is still `expectedVersion`, and stores it with the next version.
   * @returns false when somebody else was faster or the job is gone.
   */
  replace: (job: Job, expectedVersion: number, options?: ReplaceOptions) => Promise<boolean>;
  /** Removes the row of a job for good if the stored version is still `expectedVersion`. */
  remove: (id: string, expectedVersion: number) => Promise<boolean>;
  /** Newest first; jobs that are being deleted are left out. The jobs may be shared, and must not be changed. */
  list: (options: ListOptions) => Promise<Job[]>;
  /** Ids of jobs whose `dueAt` has passed, the longest overdue first. */
  due: (limit: number) => Promise<string[]>;
  /**
   * Says whose turn it is at a step, and notes that this owner is served now: among those who have work waiting, the
   * one who was served longest ago, before all one who never was. What waits is told in waiting-work.ts. Of several callers at a time each gets the turn of another owner, as long as there
   * are that many. The job is not held by that: it may be taken away before the caller claims it. Null when nothing waits.
   */
  takeTurn: (step: TurnStep) => Promise<Turn | null>;

  /** What an owner takes of what may be limited. What was reserved before the question is in the answer. */
  usage: (ownerId: string, options?: UsageOptions) => Promise<OwnerUsage>;
  /**
   * Ids of jobs whose run ended `ageMs` ago or longer, of which nothing is left to do, and which still have what is
   * asked for; the first to end come first. Every job has itself.
   */
  endedSince: (ageMs: number, having: Expiring, limit: number) => Promise<string[]>;

  /** Notes that an upload is under way. `touchedAt` is set by the store. */
  openIntent: (intent: Omit<UploadIntent, 'touchedAt'>) => Promise<void>;
  /** Says that the upload is still alive, and what it reserves by now; false when the intent is gone (swept). */
  touchIntent: (id: string, fileIds: readonly string[], reserved?: Reserved) => Promise<boolean>;
  /** Intents that nobody touched for `ageMs`. */
  staleIntents: (ageMs: number, limit: number) => Promise<UploadIntent[]>;
  /** @returns false when the intent was gone, because it was accepted or dropped before. */
  dropIntent: (id: string) => Promise<boolean>;
  /** True while an intent or a resumable upload names this file. */
  isIntended: (fileId: string) => Promise<boolean>;

  /**
   * Notes a resumable upload, with version 1. It is an intent of a kind of its own: never stale, but dropped and
   * accepted like the others.
   */
  openUpload: (upload: ResumableUpload) => Promise<void>;
  /** Null when there is none (any more). */
  getUpload: (id: string) => Promise<UploadReading | null>;
  /**
   * Writes `upload` if the stored version is still `expectedVersion`, and stores it with the next version.
   * @returns false when somebody else was faster or the upload is gone.
   */
  replaceUpload: (upload: ResumableUpload, expectedVersion: number) => Promise<boolean>;
  /** Ids of resumable uploads that are complete or have expired. */
  dueUploads: (limit: number) => Promise<string[]>;

  /**
   * Turns an intent or a resumable upload into jobs: all of them or none, and the intent is gone with it.
   * @returns `duplicate` when the owner has used the idempotency key before; `lost` when the intent was swept.
   */
  accept: (intentId: string, jobs: readonly Job[]) => Promise<'accepted' | 'duplicate' | 'lost'>;
  /** The jobs of the upload that used this key, in upload order; empty when there was none. */
  findByIdempotencyKey: (ownerId: string, key: string) => Promise<Job[]>;

  /** Database time, ms since the epoch. */
  now: () => Promise<number>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
}
