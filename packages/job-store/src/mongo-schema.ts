import { MongoServerError, type Collection, type Db } from 'mongodb';
import type { JobDocument, TurnDocument, UploadDocument } from './mongo-documents.ts';

/** The names are those that an operator sees. */
export function jobsOf(db: Db): Collection<JobDocument> {
  return db.collection('jobs');
}

export function uploadsOf(db: Db): Collection<UploadDocument> {
  return db.collection('uploads');
}

export function turnsOf(db: Db): Collection<TurnDocument> {
  return db.collection('turns');
}

/**
 * Creates the indexes that are missing. None is partial or sparse, which not every compatible server has: a date that is
 * null is not among the overdue ones anyway, and every upload has a claim.
 */
export async function createIndexes(db: Db): Promise<void> {
  await jobsOf(db).createIndexes([
    // Searches read the text from the index, not from the documents.
    { key: { ownerId: 1, _id: -1, state: 1, 'index.searchText': 1 }, name: 'by_owner_and_text' },
    { key: { state: 1, _id: -1 }, name: 'by_state' },
    { key: { dueAt: 1 }, name: 'by_due' },
    { key: { 'index.version': 1 }, name: 'by_index_version' },
    { key: { 'index.videoOwner': 1, 'index.videoFrom': 1 }, name: 'by_video_owner' },
    { key: { 'index.chunkOwner': 1, 'index.chunkFrom': 1 }, name: 'by_chunk_owner' },
    { key: { dueAt: 1, 'index.endedAt': 1 }, name: 'by_ended' },
    { key: { 'index.hasSource': 1, dueAt: 1, 'index.endedAt': 1 }, name: 'by_source_end' },
    { key: { 'index.hasResults': 1, dueAt: 1, 'index.endedAt': 1 }, name: 'by_results_end' },
    { key: { ownerId: 1, 'index.storedBytes': 1, 'index.isActive': 1 }, name: 'by_usage' },
    { key: { ownerId: 1, 'index.audioAt': 1, 'index.audioSeconds': 1 }, name: 'by_audio' },
  ]);
  await uploadsOf(db).createIndexes([
    { key: { claim: 1 }, name: 'by_claim', unique: true },
    { key: { state: 1, touchedAt: 1 }, name: 'by_state' },
    { key: { state: 1, dueAt: 1 }, name: 'by_due' },
    { key: { ownerId: 1 }, name: 'by_owner' },
    { key: { fileIds: 1 }, name: 'by_file' },
    { key: { jobIds: 1 }, name: 'by_job' },
  ]);
  await dropReplaced(db);
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const INDEX_NOT_FOUND = 27;

/** Drops what an older release listed jobs by: with two such indexes a server might search by the one without the text. */
async function dropReplaced(db: Db): Promise<void> {
  try {
    await jobsOf(db).dropIndex('by_owner');
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === INDEX_NOT_FOUND)) throw error;
  }
}
