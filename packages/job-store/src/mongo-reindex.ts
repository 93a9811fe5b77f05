import type { Db } from 'mongodb';
import { INDEX_VERSION, indexOf } from './job-index.ts';
import { fromDocument } from './mongo-documents.ts';
import { jobsOf } from './mongo-schema.ts';

const BATCH = 500;

/**
 * Derives what jobs are searched by where an older release has written it. A job that changes meanwhile gets it with
 * that change, or else the next time.
 */
export async function reindex(db: Db): Promise<void> {
  const jobs = jobsOf(db);
  let after = '';
  for (;;) {
    const older = { 'index.version': { $not: { $gte: INDEX_VERSION } }, _id: { $gt: after } };
    const documents = await jobs.find(older).sort({ _id: 1 }).limit(BATCH).toArray();
    const writes = documents.map((document) => ({
      updateOne: {
        filter: { _id: document._id, version: document.version },
        update: { $set: { index: indexOf(fromDocument(document)) } },
      },
    }));
    if (writes.length > 0) await jobs.bulkWrite(writes, { ordered: false });
    if (documents.length < BATCH) return;
    after = documents.at(-1)?._id ?? '';
  }
}
