import { isId } from '@clipscribe/contracts';
import type { Readable } from 'node:stream';
import { copyStreamToPath } from './copy-stream-to-path.ts';
import {
  FileMissingError,
  type ByteRange,
  type FileMeta,
  type FileStore,
  type StoredFile,
} from './file-store.ts';
import { GridfsBucket } from './gridfs-bucket.ts';
import { fromDocument, type FileDocument } from './gridfs-documents.ts';
import { listGridfsFiles } from './list-gridfs-files.ts';
import { readGridfsFile } from './read-gridfs-file.ts';
import { removeGridfsFile } from './remove-gridfs-file.ts';
import { sweepGridfsWrites } from './sweep-gridfs-writes.ts';
import { writeGridfsFile } from './write-gridfs-file.ts';

/**
 * Files in the GridFS bucket `files` of a MongoDB database, readable by every client of GridFS. The driver's own bucket
 * is not used: it knows a file's metadata before the content is there, so that no hash can be part of it; it ends a
 * download in good order when the last chunks are missing; and it leaves cursors to readers that have gone.
 *
 * A file exists when its document in `files.files` does, which is written last and in one piece. So that what
 * comes before can be found after a crash without a look at every chunk, each writer first puts a claim into
 * `files.writes`:
 *
 *     write   claim (only if there is none) → no such file yet? → chunks → touch → files document → give up the claim
 *     delete  take the claim, doomed → files document → chunks → give up the claim
 *     sweep   an old claim: is the file complete, and not doomed? → drop the claim; otherwise as delete
 *
 * Only who holds the claim's token can touch it or give it up. A writer that was taken for dead thus fails at its
 * next step, or, after its last one, removes the document that it had no right to write; a crash in that very moment
 * leaves a file without content, which no job refers to and whose reading fails. All claims, and the date of a
 * file, are in database time: no clock but the server's decides what is old.
 */
export class GridfsFileStore implements FileStore {
  readonly #bucket: GridfsBucket;

  private constructor(bucket: GridfsBucket) {
    this.#bucket = bucket;
  }

  /** Does not wait for the server. @throws ConfigError when the address cannot be right */
  static open(url: string): GridfsFileStore {
    return new GridfsFileStore(GridfsBucket.open(url));
  }

  /** @throws FileExistsError when the id is taken, RangeError when it is none, and whatever the stream throws. */
  async write(meta: FileMeta, content: Readable, signal?: AbortSignal): Promise<StoredFile> {
    if (!isStorable(meta.id)) {
      content.on('error', () => undefined).destroy();
      throw new RangeError('a file must be written under an id from newId()');
    }
    return writeGridfsFile(this.#bucket, meta, content, signal);
  }

  async stat(id: string): Promise<StoredFile | null> {
    const document = await this.#find(id);
    return document === null ? null : fromDocument(document);
  }

  async read(id: string, range?: ByteRange): Promise<Readable> {
    return readGridfsFile(this.#bucket, await this.#require(id), range);
  }

  async copyTo(id: string, path: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const document = await this.#require(id);
    await copyStreamToPath(readGridfsFile(this.#bucket, document), path, signal);
  }

  async delete(id: string): Promise<void> {
    if (isStorable(id)) await removeGridfsFile(this.#bucket, id);
  }

  async listOlderThan(ageMs: number, options: { after?: string; limit: number }): Promise<StoredFile[]> {
    return listGridfsFiles(this.#bucket, await this.#timeBefore(ageMs), options);
  }

  async sweepPartials(ageMs: number): Promise<number> {
    return sweepGridfsWrites(this.#bucket, await this.#timeBefore(ageMs));
  }

  async ping(): Promise<void> {
    await this.#bucket.ping();
  }

  /** Operations under way fail. */
  async close(): Promise<void> {
    await this.#bucket.close();
  }

  async #find(id: string): Promise<FileDocument | null> {
    return isStorable(id) ? this.#bucket.run(({ files }) => files.findOne({ _id: id })) : null;
  }

  async #require(id: string): Promise<FileDocument> {
    const document = await this.#find(id);
    if (document === null) throw new FileMissingError(id);
    return document;
  }

  async #timeBefore(ageMs: number): Promise<Date> {
    return new Date((await this.#bucket.now()).getTime() - ageMs);
  }
}

/** Ids have one form only, so that no file has two. */
function isStorable(id: string): boolean {
  return isId(id) && id === id.toLowerCase();
}
