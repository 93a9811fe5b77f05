import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const PIECE = randomBytes(2 ** 18);

/** So many bytes of noise as a stream, without holding more than one piece of them. */
export function noise(bytes: number): Readable {
  function* generate(): Generator<Buffer> {
    for (let left = bytes; left > 0; left -= PIECE.length)
      yield left >= PIECE.length ? PIECE : PIECE.subarray(0, left);
  }
  return Readable.from(generate(), { objectMode: false, highWaterMark: 2 ** 18 });
}

/** Writes a file of noise and leaves it in the page cache. */
export async function makeBlob(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'w');
  for await (const piece of noise(bytes)) await file.write(piece as Buffer);
  await file.sync();
  await file.close();
  return path;
}
