import type { Job } from '@clipscribe/contracts';
import { isDuplicateKey, repeatIfUnknown } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import type { Collection, Db } from 'mongodb';
import { toDocument, type JobDocument, type UploadDocument } from './mongo-documents.ts';
import { MongoFinishing } from './mongo-finishing.ts';
import { jobsOf, uploadsOf } from './mongo-schema.ts';

/** So often a key may be freed and taken by somebody else while one upload asks for it. */
const MAX_ROUNDS = 10;

/**
 * How an upload becomes jobs without a transaction, which a standalone server does not have. An upload is one
 * document:
 *
 *     open ──1──► accepted ──2──► done        it has an Idempotency-Key: stays as long as a job carries the key
 *       │                └────2──► (removed)   it has none
 *       └─► (removed)                          dropped by its gateway or by the sweeper
 *
 * A resumable upload begins as `resumable` instead of `open`; the rest is the same.
 *
 * 1. One update of this one document decides everything. It applies only to an open upload, so of it and a drop one
 *    wins. It writes the complete jobs into the document, so all of them exist or none. It writes `claim`, the owner
 *    and the key, on which there is a unique index, so of several uploads with one key one wins. Once a majority
 *    has it in its journals, the upload is accepted, whatever happens next.
 * 2. `finish` copies the jobs into their collection, leaving those that are there already, and only then lets go of
 *    the upload. Anybody may do that, again or at once with others. The one who accepts does it before it answers. If
 *    it dies in between, whoever comes first does it: the sweeper by asking for due jobs (every 15 s), another
 *    upload with the key, a search by the key, or a reader of one of the jobs. Until then the files are protected.
 *
 * A late copy cannot bring back a job that was removed: the tombstone of a deleted job stays for a day, far longer
 * than any process takes between reading an accepted upload and copying it.
 * A key is free again when no job carries it any more. Jobs never get one later, so from a done upload whose jobs
 * have none anybody may take it.
 */
export class MongoUploads {
  readonly #uploads: Collection<UploadDocument>;
  readonly #jobs: Collection<JobDocument>;
  readonly #finishing: MongoFinishing;

  constructor(db: Db) {
    this.#uploads = uploadsOf(db);
    this.#jobs = jobsOf(db);
    this.#finishing = new MongoFinishing(db);
  }

  /** Step 1. */
  async accept(intentId: string, jobs: readonly Job[]): Promise<'accepted' | 'duplicate' | 'lost'> {
    const claim = claimFor(intentId, jobs);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const outcome = await this.#promise(intentId, claim, jobs);
      if (outcome !== 'taken') return outcome;
      if (await this.#isTaken(claim)) return 'duplicate';
    }
    throw new UnavailableError('job store', {
      cause: new Error('an Idempotency-Key changes hands too often'),
    });
  }

  /** Step 2, for the one who has just accepted. */
  async finish(intentId: string, jobs: readonly Job[]): Promise<void> {
    const documents = jobs.map((job) => toDocument(job));
    await this.#finishing.finish({ _id: intentId, claim: claimFor(intentId, jobs), jobs: documents });
  }

  /** The jobs that carry the key, in upload order. */
  async jobsOfKey(ownerId: string, key: string): Promise<JobDocument[]> {
    const upload = await this.#uploads.findOne({ claim: claimOf(ownerId, key) });
    if (upload === null) return [];
    if (upload.state === 'accepted') await this.#finishing.finish(upload);
    return this.#jobs
      .find({ _id: { $in: upload.jobIds ?? [] }, 'upload.idempotencyKey': key })
      .sort({ 'upload.index': 1 })
      .toArray();
  }

  /** Removes the upload of a job that is about to be removed, when it is of no more use. */
  async letGo(jobId: string): Promise<void> {
    const upload = await this.#uploads.findOne({ jobIds: jobId, state: 'done' });
    if (upload !== null) await this.#freeKey(upload);
  }

  async #promise(
    intentId: string,
    claim: string,
    jobs: readonly Job[],
  ): Promise<'accepted' | 'lost' | 'taken'> {
    const open = { _id: intentId, state: { $in: ['open' as const, 'resumable' as const] } };
    const jobIds = jobs.map(({ id }) => id);
    const documents = jobs.map((job) => toDocument(job));
    const promise = { $set: { state: 'accepted', claim, jobIds, jobs: documents } } as const;
    try {
      return await repeatIfUnknown(async (isRepeated) => {
        const { matchedCount } = await this.#uploads.updateOne(open, promise);
        if (matchedCount === 1) return 'accepted';
        return isRepeated && (await this.#isPromised(intentId, jobIds)) ? 'accepted' : 'lost';
      });
    } catch (error) {
      if (isDuplicateKey(error)) return 'taken';
      throw error;
    }
  }

  /**
   * Whether an update whose answer was lost was carried out; if so, somebody else may have finished it meanwhile.
   * Both questions are writes that change nothing: unlike a read, they are answered only when all that they see is
   * safe on a majority.
   */
  async #isPromised(intentId: string, jobIds: string[]): Promise<boolean> {
    const upload = await this.#uploads.updateOne({ _id: intentId, jobIds }, { $set: { jobIds } });
    if (upload.matchedCount === 1) return true;
    const job = await this.#jobs.updateOne({ _id: { $in: jobIds } }, { $max: { version: 1 } });
    return job.matchedCount === 1;
  }

  async #isTaken(claim: string): Promise<boolean> {
    const upload = await this.#uploads.findOne({ claim });
    if (upload === null) return false;
    if (upload.state === 'done') return !(await this.#freeKey(upload));
    await this.#finishing.finish(upload);
    return true;
  }

  /** False when a job still carries the key. */
  async #freeKey({ _id, jobIds = [] }: UploadDocument): Promise<boolean> {
    const carrier = await this.#jobs.findOne(
      { _id: { $in: jobIds }, 'upload.idempotencyKey': { $exists: true } },
      { projection: { _id: 1 } },
    );
    if (carrier === null) await this.#uploads.deleteOne({ _id, state: 'done' });
    return carrier === null;
  }
}

/** What the upload lays claim to: its key, or nothing but itself. */
function claimFor(intentId: string, [first]: readonly Job[]): string {
  const key = first?.upload.idempotencyKey;
  return first === undefined || key === undefined ? intentId : claimOf(first.ownerId, key);
}

function claimOf(ownerId: string, key: string): string {
  return `${ownerId} ${key}`;
}
