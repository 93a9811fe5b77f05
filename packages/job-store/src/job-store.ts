import type { Job, UploadIntent, VisibleState } from '@clipscribe/contracts';

/** A job as read, with the store's own time of the reading: leases are judged by no other clock. */
export interface JobReading {
  job: Job;
  /** ms since the epoch, database time. */
  now: number;
}

export interface ListOptions {
  /** Absent for all owners (administrators). */
  ownerId?: string;
  state?: VisibleState;
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

  /** Notes that an upload is under way. `touchedAt` is set by the store. */
  openIntent: (intent: Omit<UploadIntent, 'touchedAt'>) => Promise<void>;
  /** Says that the upload is still alive; false when the intent is gone (swept). */
  touchIntent: (id: string, fileIds: readonly string[]) => Promise<boolean>;
  /** Intents that nobody touched for `ageMs`. */
  staleIntents: (ageMs: number, limit: number) => Promise<UploadIntent[]>;
  /** @returns false when the intent was gone, because it was accepted or dropped before. */
  dropIntent: (id: string) => Promise<boolean>;
  /** True while an intent names this file. */
  isIntended: (fileId: string) => Promise<boolean>;

  /**
   * Turns an intent into jobs: all of them or none, and the intent is gone with it.
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
