import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { freshDatabase, type FreshDatabase } from '@clipscribe/mongo/testing';
import { GridFSBucket, MongoClient, type Db, type ObjectId } from 'mongodb';
import { GridfsFileStore, type StoredFile } from '../src/index.ts';
import { collectionsOf, type GridfsCollections } from '../src/gridfs-documents.ts';
import { sampleMeta } from '../testing/index.ts';
import { sourceThat } from '../testing/sample-file.ts';

export const MEBIBYTE = 1024 * 1024;
export const HOUR_MS = 3_600_000;
/** Everything is older than a minute in the future. */
export const ANY_AGE_MS = -60_000;

export const nothing = { files: 0, chunks: 0, writes: 0 };

/** The driver's types know ids of its own making only; the protocol and its code take any. */
export const driverId = (id: string): ObjectId => id as unknown as ObjectId;

export interface WriteUnderWay {
  id: string;
  source: Readable;
  writing: Promise<StoredFile>;
}

/** A store in a database of its own, and a look into that by the driver alone. */
export class GridfsBench {
  readonly store: GridfsFileStore;
  readonly db: Db;
  readonly bucket: GridFSBucket;
  readonly collections: GridfsCollections;
  readonly url: string;
  readonly #database: FreshDatabase;
  readonly #client: MongoClient;

  constructor(serverUrl: string) {
    this.#database = freshDatabase(serverUrl);
    this.url = this.#database.url;
    this.store = GridfsFileStore.open(this.url);
    this.#client = new MongoClient(this.url);
    this.db = this.#client.db();
    this.bucket = new GridFSBucket(this.db, { bucketName: 'files' });
    this.collections = collectionsOf(this.db);
  }

  async write(content: Buffer): Promise<string> {
    const meta = sampleMeta();
    await this.store.write(meta, Readable.from([content]));
    return meta.id;
  }

  /** A write that has stored two chunks and holds a piece of the third, and waits for its source. */
  async beginWrite(first: Buffer = randomBytes(3 * MEBIBYTE), store = this.store): Promise<WriteUnderWay> {
    const meta = sampleMeta();
    const begun = Promise.withResolvers<Readable>();
    const writing = store.write(meta, sourceThat(first, begun.resolve));
    writing.catch(begun.reject);
    const source = await begun.promise;
    while ((await this.collections.chunks.countDocuments({ files_id: meta.id })) < 2);
    return { id: meta.id, source, writing };
  }

  /** How many documents each collection has. */
  async counts(): Promise<Record<keyof GridfsCollections, number>> {
    const { files, chunks, writes } = this.collections;
    return {
      files: await files.countDocuments(),
      chunks: await chunks.countDocuments(),
      writes: await writes.countDocuments(),
    };
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.#client.close();
    await this.#database.drop();
  }
}
