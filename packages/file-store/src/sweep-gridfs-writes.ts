import { randomUUID } from 'node:crypto';
import type { GridfsBucket } from './gridfs-bucket.ts';
import type { WriteDocument } from './gridfs-documents.ts';
import { removeContent } from './remove-gridfs-file.ts';

const BATCH = 100;

/**
 * Goes through the claims that nobody has touched since `before` (database time), and removes what is left of their
 * files. Returns of how many files something was removed.
 */
export async function sweepGridfsWrites(bucket: GridfsBucket, before: Date): Promise<number> {
  let removed = 0;
  let after = '';
  for (;;) {
    const stale = await staleWrites(bucket, before, after);
    for (const write of stale) {
      if (await sweepWrite(bucket, write)) removed += 1;
      after = write._id;
    }
    if (stale.length < BATCH) return removed;
  }
}

async function staleWrites(bucket: GridfsBucket, before: Date, after: string): Promise<WriteDocument[]> {
  return bucket.run(({ writes }) =>
    writes
      .find({ _id: { $gt: after }, touchedAt: { $lte: before } })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray(),
  );
}

async function sweepWrite(bucket: GridfsBucket, write: WriteDocument): Promise<boolean> {
  const { _id, isDoomed } = write;
  if (isDoomed !== true && (await isComplete(bucket, _id))) {
    // The writer died, or lost the server, after its last step but one.
    await bucket.run(({ writes }) => writes.deleteOne({ _id, token: write.token }));
    return false;
  }
  const token = await takeOver(bucket, write);
  if (token === null) return false;
  await removeContent(bucket, _id);
  await bucket.run(({ writes }) => writes.deleteOne({ _id, token }));
  return true;
}

async function isComplete(bucket: GridfsBucket, id: string): Promise<boolean> {
  const file = await bucket.run(({ files }) => files.findOne({ _id: id }, { projection: { _id: 1 } }));
  return file !== null;
}

/** Null when the writer has shown itself after all, or another sweeper was faster. */
async function takeOver(
  bucket: GridfsBucket,
  { _id, token, touchedAt }: WriteDocument,
): Promise<string | null> {
  const ours = randomUUID();
  const { matchedCount } = await bucket.run(({ writes }) =>
    writes.updateOne(
      { _id, token, touchedAt },
      { $set: { token: ours, isDoomed: true }, $currentDate: { touchedAt: true } },
    ),
  );
  return matchedCount === 0 ? null : ours;
}
