import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { GridfsSink, type ChunkTarget } from '../src/gridfs-sink.ts';

const OPTIONS = { chunkBytes: 1000, blocks: 3 };

/** A target that keeps what it gets and answers when it is told to. */
class SlowTarget implements ChunkTarget {
  readonly chunks: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];
  mostInFlight = 0;
  opened = 0;

  open = async (): Promise<void> => {
    this.opened += 1;
    await turn();
  };

  put = async (n: number, bytes: Buffer): Promise<void> => {
    this.chunks[n] = Buffer.from(bytes);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push(() => {
      resolve(undefined);
    });
    this.mostInFlight = Math.max(this.mostInFlight, this.#waiting.length);
    await promise;
    // Until the answer, the bytes must not be those of another chunk.
    expect(bytes.equals(this.chunks[n])).toBe(true);
  };

  get inFlight(): number {
    return this.#waiting.length;
  }

  /** Answers for one chunk; the newest first, to be of no help. */
  answer(): void {
    this.#waiting.pop()?.();
  }
}

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  for (let index = 0; index < 20; index += 1) await turn();
}

function counting(total: number, piece: number): { source: Readable; given: () => number } {
  let given = 0;
  const source = new Readable({
    highWaterMark: piece,
    read() {
      const bytes = Buffer.alloc(Math.min(piece, total - given), given / piece);
      given += bytes.length;
      this.push(bytes.length === 0 ? null : bytes);
    },
  });
  return { source, given: () => given };
}

describe('the sink of a GridFS file', () => {
  it('takes no more from its source than its blocks hold, however slow the server is', async () => {
    const target = new SlowTarget();
    const sink = new GridfsSink(target, OPTIONS);
    const { source, given } = counting(1_000_000, 100);
    const writing = pipeline(source, sink);
    let stored = 0;
    let most = 0;
    for (; stored < 100; stored += 1) {
      await settle();
      expect(target.inFlight).toBe(OPTIONS.blocks);
      most = Math.max(most, given() - stored * OPTIONS.chunkBytes);
      target.answer();
    }
    // Three blocks, and what the two streams have asked for in advance (64 KiB by default, and one piece).
    expect(most).toBeLessThanOrEqual(3 * OPTIONS.chunkBytes + 65_536 + 300);
    for (; stored < 1000; stored += 1) {
      while (target.inFlight === 0) await turn();
      target.answer();
    }
    await writing;
    expect(target.mostInFlight).toBe(OPTIONS.blocks);
    expect(target.opened).toBe(1);
  });

  it.each([0, 1, 999, 1000, 1001, 2500])('cuts %d bytes into whole chunks and a rest', async (length) => {
    const target = new SlowTarget();
    const content = Buffer.from(Array.from({ length }, (_, index) => index));
    const writing = pipeline(
      Readable.from([content.subarray(0, 700), content.subarray(700)]),
      new GridfsSink(target, OPTIONS),
    );
    const done = writing.then(() => true);
    while (!(await Promise.race([done, turn(false)]))) target.answer();
    expect(Buffer.concat(target.chunks).equals(content)).toBe(true);
    expect(target.chunks.map((chunk) => chunk.length)).toEqual([
      ...Array.from({ length: Math.floor(length / 1000) }, () => 1000),
      ...(length % 1000 === 0 ? [] : [length % 1000]),
    ]);
  });

  it('ends at once when the target fails, even while its source is silent', async () => {
    const failure = new Error('no server');
    const source = new Readable({ read: () => undefined });
    const sink = new GridfsSink({ open: () => turn(), put: () => Promise.reject(failure) }, OPTIONS);
    const writing = pipeline(source, sink);
    source.push(Buffer.alloc(1000));
    await expect(writing).rejects.toBe(failure);
    expect(source.destroyed).toBe(true);
    await sink.settled();
  });

  it('gives the target nothing any more once it has ended', async () => {
    const target = new SlowTarget();
    const sink = new GridfsSink(target, OPTIONS);
    const abort = new AbortController();
    const writing = pipeline(Readable.from([Buffer.alloc(9000)]), sink, { signal: abort.signal });
    await settle();
    expect(target.chunks).toHaveLength(3);
    abort.abort();
    await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
    while (target.inFlight > 0) target.answer();
    await sink.settled();
    await settle();
    expect(target.chunks).toHaveLength(3);
  });
});
