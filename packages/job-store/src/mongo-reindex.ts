import type { Db } from 'mongodb';
import { INDEX_VERSION } from './job-index.ts';
import { fromDocument, mongoIndexOf } from './mongo-documents.ts';
import { jobsOf } from './mongo-schema.ts';
import { REDOABLE } from './write-concerns.ts';

/** So few, each by itself, that every step is far within the time that a server has for an answer. */
const BATCH = 50;

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
    await Promise.all(
      documents.map((document) => {
        const asRead = { _id: document._id, version: document.version };
        return jobs.updateOne(asRead, { $set: { index: mongoIndexOf(fromDocument(document)) } }, REDOABLE);
      }),
    );
    if (documents.length < BATCH) return;
    after = documents.at(-1)?._id ?? '';
  }
}
