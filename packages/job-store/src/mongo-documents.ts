import type { Job, ResumableUpload } from '@clipscribe/contracts';
import { indexOf, type JobIndex } from './job-index.ts';

/** A job as stored: its fields as they are, times as numbers of milliseconds. */
export interface JobDocument extends Omit<Job, 'id'> {
  _id: string;
  /** Set by every replacement, each its own: a version number may be given twice when a write is rolled back. */
  stamp?: string;
  /** Derived with every write; absent in what older releases wrote. */
  index?: MongoJobIndex;
}

/** Beside what every store derives: the owner again while work waits, so that an index holds the waiting owners alone. */
export interface MongoJobIndex extends JobIndex {
  videoOwner: string | null;
  chunkOwner: string | null;
}

/** When an owner was last served at a step. */
export interface TurnDocument {
  /** The step and the owner. */
  _id: string;
  /** ms since the epoch. */
  servedAt: number;
}

/** An upload, from its intent on. What its states mean is told in mongo-uploads.ts. */
export interface UploadDocument {
  _id: string;
  ownerId: string;
  state: 'open' | 'resumable' | 'accepted' | 'done';
  /** Unique: the owner and the Idempotency-Key from the acceptance on, or else the own id. */
  claim: string;
  /** Database time. */
  touchedAt: Date;
  /** Database time; absent in uploads of older releases. */
  openedAt?: Date;
  /** See `UploadIntent`. */
  reservedBytes?: number;
  reservedJobs?: number;
  fileIds?: string[];
  /** From the acceptance on. */
  jobIds?: string[];
  /** While `accepted`. */
  jobs?: JobDocument[];
  /** While `resumable`, and then until it is done. */
  resumable?: ResumableUpload;
  /** While `resumable`: when it has to be looked at, ms since the epoch. */
  dueAt?: number;
  /** Set by every replacement of `resumable`, each its own. */
  stamp?: string;
}

export function toDocument({ id, ...job }: Job, stamp?: string): JobDocument {
  return { _id: id, ...job, index: mongoIndexOf({ id, ...job }), ...(stamp === undefined ? {} : { stamp }) };
}

export function mongoIndexOf(job: Job): MongoJobIndex {
  const index = indexOf(job);
  return {
    ...index,
    videoOwner: index.videoFrom === null ? null : job.ownerId,
    chunkOwner: index.chunkFrom === null ? null : job.ownerId,
  };
}

export function fromDocument({ _id, stamp: _stamp, index: _index, ...job }: JobDocument): Job {
  return { id: _id, ...job };
}
