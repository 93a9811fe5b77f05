import { Writable } from 'node:stream';
import { callBack, type Done } from './call-back.ts';

/** Where the chunks go. */
export interface ChunkTarget {
  /** Called once, before the first chunk. */
  open: () => Promise<void>;
  /** Stores chunk number `n`; its bytes belong to the target until it resolves or rejects. */
  put: (n: number, bytes: Buffer) => Promise<void>;
}

export interface GridfsSinkOptions {
  chunkBytes: number;
  /** How many chunks are held in memory: one of them is filled, or all are on their way to the target. */
  blocks: number;
}

/**
 * Cuts a stream into chunks and stores several of them at once. Its memory is a few blocks of one chunk each, which are
 * used again and again: the stream waits while none is free.
 */
export class GridfsSink extends Writable {
  readonly #target: ChunkTarget;
  readonly #options: GridfsSinkOptions;
  readonly #free: Buffer[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #blocks = 0;
  #block: Buffer | undefined;
  #filled = 0;
  #next = 0;
  #failure: { error: unknown } | undefined;

  constructor(target: ChunkTarget, options: GridfsSinkOptions) {
    super();
    this.#target = target;
    this.#options = options;
  }

  /** Resolves when the target has answered for every chunk that it was given. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  override _construct(done: Done): void {
    callBack(this.#target.open(), done);
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    callBack(this.#take(bytes), done);
  }

  override _final(done: Done): void {
    callBack(this.#finish(), done);
  }

  async #take(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      this.#block ??= await this.#freeBlock();
      const copied = rest.copy(this.#block, this.#filled);
      this.#filled += copied;
      rest = rest.subarray(copied);
      if (this.#filled === this.#block.length) this.#send(this.#block);
      if (this.destroyed) return;
    }
  }

  async #finish(): Promise<void> {
    if (this.#block !== undefined) this.#send(this.#block);
    await this.settled();
    this.#throwIfFailed();
  }

  /** Once the stream has ended, the target gets nothing any more, so that `settled` means what it says. */
  #send(block: Buffer): void {
    if (this.destroyed) return;
    const sending = this.#put(block.subarray(0, this.#filled)).then(() => {
      this.#free.push(block);
      this.#underWay.delete(sending);
    });
    this.#underWay.add(sending);
    this.#block = undefined;
    this.#filled = 0;
  }

  /** Never rejects. A failure ends the stream at once, even while the source has nothing to give. */
  async #put(bytes: Buffer): Promise<void> {
    const n = this.#next;
    this.#next += 1;
    try {
      await this.#target.put(n, bytes);
    } catch (error) {
      this.#failure ??= { error };
      // Targets reject with errors only.
      this.destroy(error as Error);
    }
  }

  async #freeBlock(): Promise<Buffer> {
    const { chunkBytes, blocks } = this.#options;
    while (this.#free.length === 0 && this.#blocks >= blocks) await Promise.race(this.#underWay);
    this.#throwIfFailed();
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#blocks += 1;
    return Buffer.allocUnsafeSlow(chunkBytes);
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
