import type { UploadIntent } from '@clipscribe/contracts';
import { repeatIfUnknown } from '@clipscribe/mongo';
import type { Collection } from 'mongodb';
import type { UploadDocument } from './mongo-documents.ts';

/** The intents of uploads under way: the documents in state `open`. Their dates are set by the server's own clock. */
export class MongoIntents {
  readonly #uploads: Collection<UploadDocument>;

  constructor(uploads: Collection<UploadDocument>) {
    this.#uploads = uploads;
  }

  async open({ id, ownerId, fileIds }: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    const opening = {
      $setOnInsert: { ownerId, claim: id },
      $addToSet: { fileIds: { $each: fileIds } },
      $currentDate: { touchedAt: true },
    } as const;
    await repeatIfUnknown(() =>
      this.#uploads.updateOne({ _id: id, state: 'open' }, opening, { upsert: true }),
    );
  }

  /** False when the intent is gone. */
  async touch(id: string, fileIds: readonly string[]): Promise<boolean> {
    const touching = {
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
    const { deletedCount } = await repeatIfUnknown(() => this.#uploads.deleteOne({ _id: id, state: 'open' }));
    return deletedCount === 1;
  }

  /** Also after the acceptance, until the jobs are there to name the file themselves. */
  async protects(fileId: string): Promise<boolean> {
    return (await this.#uploads.findOne({ fileIds: fileId }, { projection: { _id: 1 } })) !== null;
  }
}
