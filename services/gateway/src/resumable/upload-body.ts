import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '@clipscribe/runtime';
import { ClientGoneError, readBody } from '../upload/read-body.ts';
import type { Checksum } from './checksum.ts';
import { locked, stalled } from './upload-problems.ts';

/** How a body ended: whole, or because the client left, stopped sending, or had to be stopped. */
export type BodyEnd = 'complete' | 'gone' | 'stalled' | 'taken over' | 'stopping';

/**
 * The bytes of one request. However it ends, the stream ends in good order after what has arrived, so that this can
 * be kept; `end` tells what was the matter.
 */
export class UploadBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #stallMs: number;
  readonly #checksum: Checksum | undefined;
  readonly #stop = new AbortController();
  #end: BodyEnd | undefined;

  constructor(req: IncomingMessage, stallMs: number, checksum: Checksum | undefined) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.stream = readable;
    this.#stallMs = stallMs;
    this.#checksum = checksum;
    void this.#pump(req, writable.getWriter());
  }

  /** Undefined while it has not ended. */
  get end(): BodyEnd | undefined {
    return this.#end;
  }

  get hasChecksum(): boolean {
    return this.#checksum !== undefined;
  }

  /** Reads no further. */
  stop(why: 'taken over' | 'stopping'): void {
    this.#stop.abort(why);
  }

  /** @throws HttpProblem CHECKSUM_MISMATCH, and what `reason` gives for a body that is not whole */
  verify(): void {
    const reason = this.reason();
    if (reason !== undefined) throw reason;
    this.#checksum?.verify();
  }

  /** What to tell a client whose body did not come to its end. */
  reason(): Error | undefined {
    switch (this.#end) {
      case 'gone':
        return new ClientGoneError('the client went away');
      case 'stalled':
        return stalled();
      case 'taken over':
        return locked();
      case 'stopping':
        return new HttpProblem('BUSY', 'The server stops. Go on in a few seconds.', {
          headers: { 'Retry-After': '5' },
        });
      default:
        return undefined;
    }
  }

  async #pump(req: IncomingMessage, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    // How much may come is judged where it is known how much is missing.
    const limits = { maxUploadBytes: Number.POSITIVE_INFINITY, stallMs: this.#stallMs };
    try {
      await readBody(req, limits, this.#stop.signal, (chunk) => {
        this.#checksum?.update(chunk);
        return writer.write(chunk);
      });
      this.#end = 'complete';
    } catch (error) {
      this.#end = this.#endOf(error);
    }
    // A reader that has gone itself needs no end.
    await writer.close().catch(() => undefined);
  }

  #endOf(error: unknown): BodyEnd {
    if (error instanceof ClientGoneError) return 'gone';
    if (error instanceof HttpProblem && error.code === 'UPLOAD_STALLED') return 'stalled';
    // Otherwise `stop` has been called, or nobody reads on because the request has failed already.
    return this.#stop.signal.reason === 'stopping' ? 'stopping' : 'taken over';
  }
}
