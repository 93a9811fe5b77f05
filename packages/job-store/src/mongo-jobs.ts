import { foldText, newId, type Job } from '@clipscribe/contracts';
import { repeatIfUnknown } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import { LRUCache } from 'lru-cache';
import type { Collection, Filter } from 'mongodb';
import type { Expiring, ListOptions, ReplaceOptions } from './job-store.ts';
import { toDocument, type JobDocument } from './mongo-documents.ts';
import { REDOABLE } from './write-concerns.ts';

/** Jobs of which the stamp of the version last seen is known, about 200 bytes each. */
const KNOWN_STAMPS = 10_000;

/** The jobs themselves, each a document of which every change is a compare-and-set. */
export class MongoJobs {
  readonly #jobs: Collection<JobDocument>;
  /**
   * Stamps of the versions last seen here. A version that was written but lost, in a crash of the server or a change
   * of its primary, is given out a second time; its stamp tells the two apart.
   */
  readonly #stamps = new LRUCache<string, { version: number; stamp: string }>({ max: KNOWN_STAMPS });

  constructor(jobs: Collection<JobDocument>) {
    this.#jobs = jobs;
  }

  async find(id: string): Promise<JobDocument | null> {
    const document = await this.#jobs.findOne({ _id: id });
    if (document?.stamp !== undefined)
      this.#stamps.set(id, { version: document.version, stamp: document.stamp });
    return document;
  }

  /** Writes `job`, whose version is the new one, in the place of the version before. */
  async replace(job: Job, { redoable = false }: ReplaceOptions): Promise<boolean> {
    const { id, version } = job;
    const stamp = newId();
    const known = this.#stamps.get(id);
    const expected = {
      _id: id,
      version: version - 1,
      ...(known?.version === version - 1 ? { stamp: known.stamp } : {}),
    };
    const { _id, ...next } = toDocument(job, stamp);
    const isReplaced = await repeatIfUnknown(async (isRepeated) => {
      const { matchedCount } = await this.#jobs.replaceOne(expected, next, redoable ? REDOABLE : {});
      return matchedCount === 1 || (isRepeated && (await this.#isWritten(_id, version, stamp)));
    });
    if (isReplaced) this.#stamps.set(id, { version, stamp });
    return isReplaced;
  }

  async remove(id: string, version: number): Promise<boolean> {
    return repeatIfUnknown(async (isRepeated) => {
      const { deletedCount } = await this.#jobs.deleteOne({ _id: id, version });
      return deletedCount === 1 || (isRepeated && (await this.find(id)) === null);
    });
  }

  async list({ ownerId, state, search, cursor, limit }: ListOptions): Promise<JobDocument[]> {
    const filter: Filter<JobDocument> = {
      ...(ownerId === undefined ? {} : { ownerId }),
      ...(cursor === undefined ? {} : { _id: { $lt: cursor } }),
      state: state ?? { $nin: ['deleting', 'deleted'] },
      ...(search === undefined ? {} : { 'index.searchText': { $regex: literal(foldText(search)) } }),
    };
    return this.#jobs.find(filter).sort({ _id: -1 }).limit(limit).toArray();
  }

  /** Ids of the jobs whose date is `now` or earlier; null is not among them, being no number. */
  async due(now: number, limit: number): Promise<string[]> {
    const overdue = this.#jobs.find({ dueAt: { $lte: now } }, { projection: { _id: 1 } });
    return (await overdue.sort({ dueAt: 1 }).limit(limit).toArray()).map(({ _id }) => _id);
  }

  /** Ids of jobs that ended at `before` (database time, ms) or earlier, with nothing left to do; see `JobStore`. */
  async endedSince(before: number, having: Expiring, limit: number): Promise<string[]> {
    const ended: Filter<JobDocument> = {
      ...(having === 'source' ? { 'index.hasSource': true } : {}),
      ...(having === 'results' ? { 'index.hasResults': true } : {}),
      dueAt: null,
      'index.endedAt': { $lte: before },
    };
    const found = this.#jobs.find(ended, { projection: { _id: 1 } }).sort({ 'index.endedAt': 1 });
    return (await found.limit(limit).toArray()).map(({ _id }) => _id);
  }

  /**
   * Whether a write whose answer was lost was carried out. The question is a write that changes nothing: unlike a
   * read, it is answered only when all that it sees is safe on a majority.
   * @throws UnavailableError when that cannot be known any more
   */
  async #isWritten(id: string, version: number, stamp: string): Promise<boolean> {
    const { matchedCount } = await this.#jobs.updateOne({ _id: id, stamp }, { $set: { stamp } });
    if (matchedCount === 1) return true;
    const current = await this.find(id);
    if (current === null || current.version <= version) return false;
    throw new UnavailableError('job store', { cause: new Error('the outcome of a write is unknown') });
  }
}

/**
 * A regular expression that matches this text alone, in the dialects of all servers: punctuation of ASCII may be escaped
 * in each of them, letters and digits may not. A null byte may not be in one.
 */
function literal(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replaceAll('\0', '\\x00');
}
