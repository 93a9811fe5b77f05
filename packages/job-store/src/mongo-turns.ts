import { insertIfMissing } from '@clipscribe/mongo';
import type { Collection, Db } from 'mongodb';
import type { Turn, TurnStep } from './job-store.ts';
import type { JobDocument, TurnDocument } from './mongo-documents.ts';
import { jobsOf, turnsOf } from './mongo-schema.ts';
import { REDOABLE } from './write-concerns.ts';

/** Where a job says who waits for the step, and since when. */
const fields = {
  video: { owner: 'index.videoOwner', from: 'index.videoFrom' },
  transcribe: { owner: 'index.chunkOwner', from: 'index.chunkFrom' },
} as const;

/** So often the jobs of an owner may be gone by the time it has its turn. */
const MAX_ROUNDS = 10;

/** An owner who waits, and when it was last served: 0 for never. */
interface Waiting {
  ownerId: string;
  servedAt: number;
}

/**
 * Owners take turns. When each was last served is a document that is changed by compare-and-set, so no two callers have one
 * turn of an owner. The writes may be lost in a crash: then somebody is served twice.
 */
export class MongoTurns {
  readonly #jobs: Collection<JobDocument>;
  readonly #turns: Collection<TurnDocument>;

  constructor(db: Db) {
    this.#jobs = jobsOf(db);
    this.#turns = turnsOf(db);
  }

  /** See `JobStore.takeTurn`; `now` is database time. */
  async take(step: TurnStep, now: number): Promise<Turn | null> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const ownerId = await this.#serveNext(step, now);
      if (ownerId === null) return null;
      const jobId = await this.#firstJob(step, ownerId);
      if (jobId !== null) return { ownerId, jobId };
    }
    return null;
  }

  async #serveNext(step: TurnStep, now: number): Promise<string | null> {
    const waiting = await this.#waiting(step);
    const last = Math.max(0, ...waiting.map(({ servedAt }) => servedAt));
    const servedAt = Math.max(now, last + 1);
    for (const owner of waiting) if (await this.#serve(step, owner, servedAt)) return owner.ownerId;
    // All of them have been served since: whoever is chosen stands before nobody.
    return waiting[Math.floor(Math.random() * waiting.length)]?.ownerId ?? null;
  }

  /** The owners with work waiting, the one who was served longest ago first. */
  async #waiting(step: TurnStep): Promise<Waiting[]> {
    const { owner } = fields[step];
    // Of its type alone, so that jobs with null are not gone through.
    const found: unknown[] = await this.#jobs.distinct(owner, { [owner]: { $gt: '' } });
    const ids = found.filter((id) => typeof id === 'string');
    if (ids.length === 0) return [];
    const turns = this.#turns.find({ _id: { $in: ids.map((id) => turnId(step, id)) } });
    const served = new Map((await turns.toArray()).map(({ _id, servedAt }) => [_id, servedAt]));
    return ids
      .map((ownerId) => ({ ownerId, servedAt: served.get(turnId(step, ownerId)) ?? 0 }))
      .sort((one, other) => one.servedAt - other.servedAt);
  }

  /** False when somebody else has just served this owner. */
  async #serve(step: TurnStep, { ownerId, servedAt: before }: Waiting, servedAt: number): Promise<boolean> {
    const _id = turnId(step, ownerId);
    if (before > 0) {
      const change = { $set: { servedAt } };
      return (await this.#turns.updateOne({ _id, servedAt: before }, change, REDOABLE)).matchedCount === 1;
    }
    return insertIfMissing(this.#turns, { _id, servedAt }, REDOABLE);
  }

  async #firstJob(step: TurnStep, ownerId: string): Promise<string | null> {
    const { owner, from } = fields[step];
    const jobs = this.#jobs.find({ [owner]: ownerId }, { projection: { _id: 1 } });
    const [first] = await jobs
      .sort({ [from]: 1 })
      .limit(1)
      .toArray();
    return first?._id ?? null;
  }
}

function turnId(step: TurnStep, ownerId: string): string {
  return `${step} ${ownerId}`;
}
