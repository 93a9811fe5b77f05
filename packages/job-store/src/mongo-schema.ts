import type { Collection, Db } from 'mongodb';
import type { JobDocument, UploadDocument } from './mongo-documents.ts';

/** The names are those that an operator sees. */
export function jobsOf(db: Db): Collection<JobDocument> {
  return db.collection('jobs');
}

export function uploadsOf(db: Db): Collection<UploadDocument> {
  return db.collection('uploads');
}

/**
 * Creates the indexes that are missing. None is partial or sparse, which not every compatible server has: a date that is
 * null is not among the overdue ones anyway, and every upload has a claim.
 */
export async function createIndexes(db: Db): Promise<void> {
  await jobsOf(db).createIndexes([
    { key: { ownerId: 1, _id: -1, state: 1 }, name: 'by_owner' },
    { key: { state: 1, _id: -1 }, name: 'by_state' },
    { key: { dueAt: 1 }, name: 'by_due' },
    { key: { 'index.version': 1 }, name: 'by_index_version' },
    { key: { 'index.videoFrom': 1, ownerId: 1 }, name: 'by_video_turn' },
    { key: { 'index.chunkFrom': 1, ownerId: 1 }, name: 'by_chunk_turn' },
    { key: { 'index.endedAt': 1 }, name: 'by_end' },
  ]);
  await uploadsOf(db).createIndexes([
    { key: { claim: 1 }, name: 'by_claim', unique: true },
    { key: { state: 1, touchedAt: 1 }, name: 'by_state' },
    { key: { fileIds: 1 }, name: 'by_file' },
    { key: { jobIds: 1 }, name: 'by_job' },
  ]);
}
