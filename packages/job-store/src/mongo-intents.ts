import type { UploadIntent } from '@clipscribe/contracts';
import { repeatIfUnknown } from '@clipscribe/mongo';
import type { Collection } from 'mongodb';
import type { UploadDocument } from './mongo-documents.ts';
import type { Reserved } from './owner-usage.ts';

/** The intents of uploads under way: the documents in state `open`. Their dates are set by the server's own clock. */
export class MongoIntents {
  readonly #uploads: Collection<UploadDocument>;

  constructor(uploads: Collection<UploadDocument>) {
    this.#uploads = uploads;
  }

  async open(intent: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    const { id, ownerId, fileIds, reservedBytes = 0, reservedJobs = 1 } = intent;
    const opening = {
      $setOnInsert: { ownerId, claim: id, reservedBytes, reservedJobs },
      $addToSet: { fileIds: { $each: fileIds } },
      $currentDate: { touchedAt: true, openedAt: true },
    } as const;
    await repeatIfUnknown(() =>
      this.#uploads.updateOne({ _id: id, state: 'open' }, opening, { upsert: true }),
    );
  }

  /** False when the intent is gone. */
  async touch(id: string, fileIds: readonly string[], reserved?: Reserved): Promise<boolean> {
    const reserving =
      reserved === undefined ? {} : { $set: { reservedBytes: reserved.bytes, reservedJobs: reserved.jobs } };
    const touching = {
      ...reserving,
      $addToSet: { fileIds: { $each: fileIds } },
      $currentDate: { touchedAt: true },
    } as const;
    const { matchedCount } = await repeatIfUnknown(() =>
      this.#uploads.updateOne({ _id: id, state: 'open' }, touching),
    );
    return matchedCount === 1;
  }

  /** Those last touched at `before` (database time, ms) or earlier. */
  async stale(before: number, limit: number): Promise<UploadIntent[]> {
    const found = await this.#uploads
      .find({ state: 'open', touchedAt: { $lte: new Date(before) } })
      .sort({ touchedAt: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, ownerId, touchedAt, fileIds = [] }) => ({
      id: _id,
      ownerId,
      touchedAt: touchedAt.getTime(),
      fileIds,
    }));
  }

  /**
   * False when it was gone already. When the first answer was lost and a second attempt finds nothing, it may also
   * have been accepted in between and all done; false then leaves its files to the search for orphans.
   */
  async drop(id: string): Promise<boolean> {
    const droppable = { _id: id, state: { $in: ['open' as const, 'resumable' as const] } };
    const { deletedCount } = await repeatIfUnknown(() => this.#uploads.deleteOne(droppable));
    return deletedCount === 1;
  }

  /** Also after the acceptance, until the jobs are there to name the file themselves. */
  async protects(fileId: string): Promise<boolean> {
    return (await this.#uploads.findOne({ fileIds: fileId }, { projection: { _id: 1 } })) !== null;
  }
}
