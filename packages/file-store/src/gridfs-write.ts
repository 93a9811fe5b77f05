import { isDuplicateKey, repeatIfUnknown } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import { Binary, ObjectId } from 'mongodb';
import type { FileMeta, StoredFile } from './file-store.ts';
import type { GridfsBucket } from './gridfs-bucket.ts';
import { toDocument } from './gridfs-documents.ts';
import type { ChunkTarget } from './gridfs-sink.ts';
import { removeGridfsFile } from './remove-gridfs-file.ts';
import { ClaimLostError, WriteClaim } from './write-claim.ts';

/** The steps of writing one file. */
export class GridfsWrite implements ChunkTarget {
  readonly #bucket: GridfsBucket;
  readonly #meta: FileMeta;
  #claim: WriteClaim | undefined;
  /** A command was sent whose answer never came: the server may still carry it out. */
  #isUnsure = false;

  constructor(bucket: GridfsBucket, meta: FileMeta) {
    this.#bucket = bucket;
    this.#meta = meta;
  }

  async open(): Promise<void> {
    this.#claim = await WriteClaim.take(this.#bucket, this.#meta.id);
  }

  async put(n: number, bytes: Buffer): Promise<void> {
    await this.#claimed().ensureFresh();
    const chunk = { _id: new ObjectId(), files_id: this.#meta.id, n, data: new Binary(bytes) };
    await this.#sent(() => this.#bucket.move(({ chunks }) => insertOnce(() => chunks.insertOne(chunk))));
  }

  /** That the server is away for a moment is left to the next chunk to find. @throws ClaimLostError */
  async touch(): Promise<void> {
    try {
      await this.#claim?.touch();
    } catch (error) {
      if (error instanceof ClaimLostError || !(error instanceof UnavailableError)) throw error;
    }
  }

  /** All chunks are there; makes the file exist. */
  async commit(content: Pick<StoredFile, 'bytes' | 'sha256'>): Promise<StoredFile> {
    const claim = this.#claimed();
    const { id, ownerId, jobId, kind, name, contentType } = this.#meta;
    const createdAt = (await claim.touch()).getTime();
    const file = { id, ownerId, jobId, kind, name, contentType, ...content, createdAt };
    await this.#sent(() =>
      this.#bucket.run(({ files }) => insertOnce(() => files.insertOne(toDocument(file)))),
    );
    // Whoever removed the file before this moment may have missed the document.
    await claim.release();
    return file;
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    if (this.#claim === undefined) return;
    await removeGridfsFile(this.#bucket, this.#meta.id, { isSettled: !this.#isUnsure });
  }

  async #sent(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      this.#isUnsure ||= error instanceof UnavailableError;
      throw error;
    }
  }

  #claimed(): WriteClaim {
    if (this.#claim === undefined) throw new Error('written to before it was opened');
    return this.#claim;
  }
}

/** We alone write this file: what a repeated insertion finds in its place was put there by the first. */
async function insertOnce(insert: () => Promise<unknown>): Promise<void> {
  await repeatIfUnknown(async (isRepeated) => {
    try {
      await insert();
    } catch (error) {
      if (!isRepeated || !isDuplicateKey(error)) throw error;
    }
  });
}
