import type { Job } from '@clipscribe/contracts';
import { indexOf, type JobIndex } from './job-index.ts';

/** A job as stored: its fields as they are, times as numbers of milliseconds. */
export interface JobDocument extends Omit<Job, 'id'> {
  _id: string;
  /** Set by every replacement, each its own: a version number may be given twice when a write is rolled back. */
  stamp?: string;
  /** Derived with every write; absent in what older releases wrote. */
  index?: JobIndex;
}

/** An upload, from its intent on. What its states mean is told in mongo-uploads.ts. */
export interface UploadDocument {
  _id: string;
  ownerId: string;
  state: 'open' | 'accepted' | 'done';
  /** Unique: the owner and the Idempotency-Key from the acceptance on, or else the own id. */
  claim: string;
  /** Database time. */
  touchedAt: Date;
  fileIds?: string[];
  /** From the acceptance on. */
  jobIds?: string[];
  /** While `accepted`. */
  jobs?: JobDocument[];
}

export function toDocument({ id, ...job }: Job, stamp?: string): JobDocument {
  return { _id: id, ...job, index: indexOf({ id, ...job }), ...(stamp === undefined ? {} : { stamp }) };
}

export function fromDocument({ _id, stamp: _stamp, index: _index, ...job }: JobDocument): Job {
  return { id: _id, ...job };
}
