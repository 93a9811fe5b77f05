import { randomUUID } from 'node:crypto';
import { isDuplicateKey, repeatIfUnknown } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import { FileExistsError } from './file-exists-error.ts';
import { ROLE, type GridfsBucket } from './gridfs-bucket.ts';
import type { GridfsCollections } from './gridfs-documents.ts';

/** A claim older than this, by our own clock, is renewed before the next chunk is sent. */
const FRESH_MS = 60_000;

/** Somebody has removed the file while it was being written. */
export class ClaimLostError extends UnavailableError {
  constructor(id: string) {
    super(ROLE, { cause: new Error(`file ${id} was removed while it was being written`) });
  }
}

/** The right to write one file, noted in `files.writes` before its first chunk. */
export class WriteClaim {
  readonly #bucket: GridfsBucket;
  readonly #id: string;
  readonly #token: string;
  #touchedAt: number;

  private constructor(bucket: GridfsBucket, id: string, token: string) {
    this.#bucket = bucket;
    this.#id = id;
    this.#token = token;
    this.#touchedAt = performance.now();
  }

  /** @throws FileExistsError when the id is taken, or was a moment ago */
  static async take(bucket: GridfsBucket, id: string): Promise<WriteClaim> {
    const token = randomUUID();
    try {
      await bucket.run(({ writes }) =>
        repeatIfUnknown((isRepeated) => put(writes, { id, token, isRepeated })),
      );
    } catch (error) {
      throw isDuplicateKey(error) ? new FileExistsError(`files/${id}`, { cause: error }) : error;
    }
    const claim = new WriteClaim(bucket, id, token);
    // Only who has the claim can make the file exist, so this look cannot be overtaken.
    const file = await bucket.run(({ files }) => files.findOne({ _id: id }, { projection: { _id: 1 } }));
    if (file === null) return claim;
    await claim.release();
    throw new FileExistsError(`files/${id}`);
  }

  /**
   * Says that the writer lives, and gives the database's time.
   * @throws ClaimLostError, UnavailableError
   */
  async touch(): Promise<Date> {
    const touchedAt = performance.now();
    const claim = await this.#bucket.run(({ writes }) =>
      repeatIfUnknown(() =>
        writes.findOneAndUpdate(
          { _id: this.#id, token: this.#token },
          { $currentDate: { touchedAt: true } },
          { returnDocument: 'after' },
        ),
      ),
    );
    if (claim === null) throw new ClaimLostError(this.#id);
    this.#touchedAt = touchedAt;
    return claim.touchedAt;
  }

  /** For a process that was stopped for long: its claim may have been swept, and nothing of it may come after that. */
  async ensureFresh(): Promise<void> {
    if (performance.now() - this.#touchedAt > FRESH_MS) await this.touch();
  }

  /** Gives the claim up. @throws ClaimLostError when it was lost before, UnavailableError */
  async release(): Promise<void> {
    const isReleased = await this.#bucket.run(({ writes }) =>
      repeatIfUnknown(async (isRepeated) => {
        const { deletedCount } = await writes.deleteOne({ _id: this.#id, token: this.#token });
        return deletedCount > 0 || (isRepeated && (await writes.findOne({ _id: this.#id })) === null);
      }),
    );
    if (!isReleased) throw new ClaimLostError(this.#id);
  }
}

/** Every claim has a token, so that one that is there never matches: the upsert inserts, or meets a taken _id. */
async function put(
  writes: GridfsCollections['writes'],
  { id, token, isRepeated }: { id: string; token: string; isRepeated: boolean },
): Promise<void> {
  try {
    await writes.updateOne(
      { _id: id, token: { $exists: false } },
      { $set: { token }, $currentDate: { touchedAt: true } },
      { upsert: true },
    );
  } catch (error) {
    const isOurs = isRepeated && (await writes.findOne({ _id: id, token })) !== null;
    if (!isOurs) throw error;
  }
}
