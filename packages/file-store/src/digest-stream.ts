import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Bytes taken before the source is asked to pause: a few reads, so that it need not stop after each of them. */
const WAITING_BYTES = 256 * 1024;

/** Passes bytes on untouched while counting and hashing them. */
export class DigestStream extends Transform {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor() {
    super({ writableHighWaterMark: WAITING_BYTES });
  }

  /** The hash waits for a moment in which the source starts its next read: both then go on at the same time. */
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    queueMicrotask(() => {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      done(null, chunk);
    });
  }

  /** Length in bytes and lower-case hexadecimal SHA-256 of all that went through; call it once, at the end. */
  result(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
