import { randomUUID } from 'node:crypto';
import type { GridfsBucket } from './gridfs-bucket.ts';

/** Chunks removed by one command, so that each command of a large file's removal takes little time. */
const CHUNKS_AT_ONCE = 32;

/** A writer has a few chunks on their way at once; of those, a later one may be there without an earlier one. */
const LONGEST_GAP = 4;

/**
 * Removes every piece of a file. The claim goes to us first: a writer that is still at work fails, and after a crash
 * the sweeper goes on here.
 *
 * A claim that was there before stays, for its writer may be alive and send a last chunk; the sweeper takes it with
 * whatever came. With `isSettled` the caller knows that nothing can come any more.
 */
export async function removeGridfsFile(
  bucket: GridfsBucket,
  id: string,
  { isSettled = false }: { isSettled?: boolean } = {},
): Promise<void> {
  const token = randomUUID();
  const before = await bucket.run(({ writes }) =>
    writes.findOneAndUpdate(
      { _id: id },
      { $set: { token, isDoomed: true }, $currentDate: { touchedAt: true } },
      { upsert: true, returnDocument: 'before' },
    ),
  );
  await removeContent(bucket, id);
  if (before === null || isSettled) await bucket.run(({ writes }) => writes.deleteOne({ _id: id, token }));
}

/**
 * The file's document goes first, so that nobody begins to read what is half gone; then the chunks, the last ones
 * first, so that what an interruption leaves is again a file's beginning.
 */
export async function removeContent(bucket: GridfsBucket, id: string): Promise<void> {
  await bucket.run(({ files }) => files.deleteOne({ _id: id }));
  for (let end = await endOf(bucket, id); end > 0; end -= CHUNKS_AT_ONCE) {
    const n = { $gte: end - CHUNKS_AT_ONCE, $lt: end };
    await bucket.move(({ chunks }) => chunks.deleteMany({ files_id: id, n }));
  }
  // Nothing is left but for chunks with a gap before them, as others may have left them.
  await bucket.move(({ chunks }) => chunks.deleteMany({ files_id: id }));
}

/**
 * A multiple of CHUNKS_AT_ONCE that no chunk's number reaches, found by doubling. Only short ranges are asked for: a
 * server that is merely compatible may read all that matches, even for the first or the last of it.
 */
async function endOf(bucket: GridfsBucket, id: string): Promise<number> {
  let end = CHUNKS_AT_ONCE;
  while (await isReached(bucket, id, end)) end *= 2;
  return end;
}

async function isReached(bucket: GridfsBucket, id: string, end: number): Promise<boolean> {
  const n = { $gte: end, $lt: end + LONGEST_GAP };
  const chunk = await bucket.run(({ chunks }) =>
    chunks.findOne({ files_id: id, n }, { projection: { _id: 0, n: 1 } }),
  );
  return chunk !== null;
}
