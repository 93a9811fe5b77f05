import { StartError } from '@clipscribe/runtime';
import { access, open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { copyLocalFile } from './copy-local-file.ts';
import { asStoreError, errorCode, exists } from './disk-errors.ts';
import { readRecord } from './file-record.ts';
import {
  FileMissingError,
  type ByteRange,
  type FileMeta,
  type FileStore,
  type StoredFile,
} from './file-store.ts';
import { listOldFiles } from './list-old-files.ts';
import { StoreLayout, type FilePaths } from './store-layout.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';
import { removeLocalFile, writeLocalFile } from './write-local-file.ts';

/** Bytes read at once: large enough that the trips to the disk do not limit a download. */
const READ_BYTES = 256 * 1024;

/** Files in a folder of the local disk, laid out as StoreLayout tells. Several processes may share the folder. */
export class LocalFileStore implements FileStore {
  readonly #layout: StoreLayout;

  private constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  /** @throws StartError when the folder cannot be made or written. */
  static async open(folder: string): Promise<LocalFileStore> {
    const layout = new StoreLayout(resolve(folder));
    try {
      await layout.create();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new StartError(`cannot write the file store folder ${folder}: ${why}`, { cause: error });
    }
    return new LocalFileStore(layout);
  }

  /** @throws FileExistsError when the id is taken, RangeError when it is none, and whatever the stream throws. */
  async write(meta: FileMeta, content: Readable, signal?: AbortSignal): Promise<StoredFile> {
    const paths = this.#layout.pathsOf(meta.id);
    if (paths === null) {
      content.on('error', () => undefined).destroy();
      throw new RangeError('a file must be written under an id from newId()');
    }
    return writeLocalFile(meta, content, { paths, signal });
  }

  async stat(id: string): Promise<StoredFile | null> {
    const paths = this.#layout.pathsOf(id);
    if (paths === null) return null;
    return onDisk(async () => (await readRecord(paths.record)) ?? absent(paths));
  }

  async read(id: string, range?: ByteRange): Promise<Readable> {
    const paths = await this.#pathsOfPresent(id);
    const file = await this.#openContent(id, paths);
    return file.createReadStream({ highWaterMark: READ_BYTES, ...range });
  }

  async copyTo(id: string, path: string, signal?: AbortSignal): Promise<void> {
    const { content } = await this.#pathsOfPresent(id);
    try {
      await copyLocalFile(content, path, signal);
    } catch (error) {
      // The same code tells of a missing target folder, which is the caller's.
      if (errorCode(error) === 'ENOENT' && !(await exists(content)))
        throw new FileMissingError(id, { cause: error });
      throw error;
    }
  }

  /** Not forced to the disk: what a power failure brings back is an orphan, and is found as one. */
  async delete(id: string): Promise<void> {
    const paths = this.#layout.pathsOf(id);
    if (paths !== null) await onDisk(() => removeLocalFile(paths));
  }

  async listOlderThan(ageMs: number, options: { after?: string; limit: number }): Promise<StoredFile[]> {
    return onDisk(() => listOldFiles(this.#layout, Date.now() - ageMs, options));
  }

  async sweepPartials(ageMs: number): Promise<number> {
    return onDisk(() => sweepLeftovers(this.#layout, Date.now() - ageMs));
  }

  async ping(): Promise<void> {
    await onDisk(() => this.#layout.check());
  }

  async close(): Promise<void> {
    // Every operation closes what it opens.
  }

  async #pathsOfPresent(id: string): Promise<FilePaths> {
    const paths = this.#layout.pathsOf(id);
    if (paths === null) throw new FileMissingError(id);
    if (!(await exists(paths.record))) {
      await absent(paths);
      throw new FileMissingError(id);
    }
    return paths;
  }

  async #openContent(id: string, { content }: FilePaths): Promise<FileHandle> {
    try {
      return await open(content);
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? new FileMissingError(id, { cause: error }) : asStoreError(error);
    }
  }
}

/** Null, unless the file is absent because the disk is: that must not pass for a file that was never stored. */
async function absent({ shard }: FilePaths): Promise<null> {
  await onDisk(() => access(shard));
  return null;
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreError(error);
  }
}
