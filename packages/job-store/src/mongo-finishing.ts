import { insertIfMissing } from '@clipscribe/mongo';
import type { Collection, Db } from 'mongodb';
import type { JobDocument, UploadDocument } from './mongo-documents.ts';
import { jobsOf, uploadsOf } from './mongo-schema.ts';
import { REDOABLE } from './write-concerns.ts';

const BATCH = 100;

/** The second step of every upload: its jobs go where they live. Anybody may do it, also twice; see mongo-uploads.ts. */
export class MongoFinishing {
  readonly #uploads: Collection<UploadDocument>;
  readonly #jobs: Collection<JobDocument>;

  constructor(db: Db) {
    this.#uploads = uploadsOf(db);
    this.#jobs = jobsOf(db);
  }

  /** Copies the jobs of an accepted upload, then lets go of it, or keeps of it what belongs to its key. */
  async finish({ _id, claim, jobs = [] }: Pick<UploadDocument, '_id' | 'claim' | 'jobs'>): Promise<void> {
    await this.#insertMissing(jobs);
    const accepted = { _id, state: 'accepted' } as const;
    const done = { $set: { state: 'done' }, $unset: { jobs: '', fileIds: '', resumable: '' } } as const;
    if (claim === _id) await this.#uploads.deleteOne(accepted, REDOABLE);
    else await this.#uploads.updateOne(accepted, done, REDOABLE);
  }

  /** Finishes what those who died have left. */
  async finishAll(): Promise<void> {
    const accepted = await this.#uploads.find({ state: 'accepted' }).limit(BATCH).toArray();
    for (const upload of accepted) await this.finish(upload);
  }

  /** Finishes the upload that this job belongs to; false when there is none to finish. */
  async finishUploadOf(jobId: string): Promise<boolean> {
    const upload = await this.#uploads.findOne({ jobIds: jobId, state: 'accepted' });
    if (upload !== null) await this.finish(upload);
    return upload !== null;
  }

  /** One by one: of a bulk that is cut off the driver reports no failed write at all, as if all had been there before. */
  async #insertMissing(jobs: readonly JobDocument[]): Promise<void> {
    await Promise.all(jobs.map((job) => insertIfMissing(this.#jobs, job)));
  }
}
