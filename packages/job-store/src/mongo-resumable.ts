import { filesOfUpload, newId, type ResumableUpload } from '@clipscribe/contracts';
import { repeatIfUnknown } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import type { Collection } from 'mongodb';
import type { UploadDocument } from './mongo-documents.ts';
import { uploadDueAt } from './upload-due.ts';

const STATE = { state: 'resumable' } as const;

/**
 * Resumable uploads: documents in state `resumable`, which no release that does not know of them takes for an intent
 * to sweep. Every change is a compare-and-set on the version, with a stamp of its own to know it by when its answer
 * is lost.
 */
export class MongoResumable {
  readonly #uploads: Collection<UploadDocument>;

  constructor(uploads: Collection<UploadDocument>) {
    this.#uploads = uploads;
  }

  async open(upload: ResumableUpload): Promise<void> {
    const { id, ownerId } = upload;
    const opening = {
      $setOnInsert: { ownerId, claim: id, ...fieldsOf({ ...upload, version: 1 }) },
      $currentDate: { touchedAt: true, openedAt: true },
    } as const;
    await repeatIfUnknown(() => this.#uploads.updateOne({ _id: id, ...STATE }, opening, { upsert: true }));
  }

  async find(id: string): Promise<ResumableUpload | null> {
    return (await this.#uploads.findOne({ _id: id, ...STATE }))?.resumable ?? null;
  }

  /** Writes `upload`, whose version is the new one, in the place of the version before. */
  async replace(upload: ResumableUpload): Promise<boolean> {
    const { id, version } = upload;
    const stamp = newId();
    const expected = { _id: id, ...STATE, 'resumable.version': version - 1 };
    const change = { $set: { ...fieldsOf(upload), stamp }, $currentDate: { touchedAt: true } } as const;
    return repeatIfUnknown(async (isRepeated) => {
      const { matchedCount } = await this.#uploads.updateOne(expected, change);
      return matchedCount === 1 || (isRepeated && (await this.#isWritten(id, version, stamp)));
    });
  }

  /** Ids of those whose date is `now` (database time, ms) or earlier. */
  async due(now: number, limit: number): Promise<string[]> {
    const overdue = this.#uploads.find({ ...STATE, dueAt: { $lte: now } }, { projection: { _id: 1 } });
    return (await overdue.sort({ dueAt: 1 }).limit(limit).toArray()).map(({ _id }) => _id);
  }

  /**
   * Whether a write whose answer was lost was carried out. The question is a write that changes nothing: unlike a
   * read, it is answered only when all that it sees is safe on a majority.
   * @throws UnavailableError when that cannot be known any more
   */
  async #isWritten(id: string, version: number, stamp: string): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne({ _id: id, stamp }, { $set: { stamp } });
    if (matchedCount === 1) return true;
    const current = await this.find(id);
    if (current === null || current.version <= version) return false;
    throw new UnavailableError('job store', { cause: new Error('the outcome of a write is unknown') });
  }
}

function fieldsOf(
  upload: ResumableUpload,
): Required<Pick<UploadDocument, 'resumable' | 'fileIds' | 'dueAt'>> {
  return { resumable: upload, fileIds: filesOfUpload(upload), dueAt: uploadDueAt(upload) };
}
