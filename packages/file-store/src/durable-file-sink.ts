import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { callBack, type Done } from './call-back.ts';
import { asStoreError } from './disk-errors.ts';
import { writeAll } from './write-all.ts';

/** Chunks are gathered to so many bytes, because each write costs a trip to another thread. */
const GATHER_BYTES = 1024 * 1024;

/** After so many bytes the disk begins to take them in the background, so that little is left for the end. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/**
 * Writes the file that `open` opens; its content is on the disk when the stream finishes. One gathered block is
 * filled while the one before it is written, so two of them are all the memory a file of any size takes.
 */
export class DurableFileSink extends Writable {
  readonly #open: () => Promise<FileHandle>;
  #file: FileHandle | undefined;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #position = 0;
  #syncedUpTo = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;

  constructor(open: () => Promise<FileHandle>) {
    super();
    this.#open = open;
  }

  /** True once `open` has succeeded. */
  get opened(): boolean {
    return this.#file !== undefined;
  }

  override _construct(done: Done): void {
    const opening = this.#open().then((file) => {
      this.#file = file;
    });
    settle(opening, done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes < GATHER_BYTES) done();
    else settle(this.#startWriting(), done);
  }

  override _final(done: Done): void {
    settle(this.#finish(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    settle(this.#file?.close() ?? Promise.resolve(), (closeError) => {
      done(error ?? closeError);
    });
  }

  /** Resolves when the block before has been written, and this one is on its way. */
  async #startWriting(): Promise<void> {
    await this.#writing;
    const block = this.#gathered;
    const file = this.#openFile();
    this.#writing = writeAll(file, block, this.#position);
    // It is awaited with the next block, and must not count as unhandled until then.
    this.#writing.catch(() => undefined);
    this.#position += this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#syncInBackground(file);
  }

  /** The system reports a failure only once, so it is kept for the end to find. */
  #syncInBackground(file: FileHandle): void {
    if (this.#syncing !== undefined || this.#position - this.#syncedUpTo < SYNC_EVERY_BYTES) return;
    this.#syncedUpTo = this.#position;
    const syncing = file.datasync().then(() => {
      this.#syncing = undefined;
    });
    syncing.catch(() => undefined);
    this.#syncing = syncing;
  }

  async #finish(): Promise<void> {
    await this.#startWriting();
    await this.#writing;
    await this.#syncing;
    await this.#openFile().sync();
  }

  #openFile(): FileHandle {
    if (this.#file === undefined) throw new Error('written to before it was opened');
    return this.#file;
  }
}

function settle(work: Promise<void>, done: Done): void {
  callBack(
    work.catch((error: unknown) => {
      throw asStoreError(error);
    }),
    done,
  );
}
