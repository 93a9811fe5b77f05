import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GridFSBucket, MongoClient, type ObjectId } from 'mongodb';

/** The driver alone, as its documentation shows it, in a bucket of its own. */
export class BareGridfs {
  readonly #client: MongoClient;
  readonly #bucket: GridFSBucket;

  constructor(url: string) {
    this.#client = new MongoClient(url);
    const writeConcern = { w: 'majority', journal: true } as const;
    this.#bucket = new GridFSBucket(this.#client.db(), { bucketName: 'bare', writeConcern });
  }

  async write(path: string): Promise<ObjectId> {
    const upload = this.#bucket.openUploadStream('blob');
    await pipeline(createReadStream(path), upload);
    return upload.id;
  }

  /** Reads it to its end and returns how many bytes there were. */
  async read(id: ObjectId): Promise<number> {
    return countBytes(this.#bucket.openDownloadStream(id));
  }

  /** The id of the file that was uploaded for this job, as clipscribe stored it. */
  async sourceOf(jobId: string): Promise<string> {
    const files = this.#client.db().collection<{ _id: string }>('files.files');
    const file = await files.findOne({ 'metadata.jobId': jobId, 'metadata.kind': 'source' });
    if (file === null) throw new Error(`job ${jobId} has no source`);
    return file._id;
  }

  async remove(id: ObjectId): Promise<void> {
    await this.#bucket.delete(id);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Consumes a stream as fast as it comes. */
export async function countBytes(source: NodeJS.ReadableStream): Promise<number> {
  let bytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  await pipeline(source, sink);
  return bytes;
}
