import { setTimeout as delay } from 'node:timers/promises';
import { isComplete } from '@clipscribe/contracts';
import type { JobStore } from '@clipscribe/job-store';
import { MongoClient } from 'mongodb';

const LIMIT_MS = 60_000;
const POLL_MS = 500;

/**
 * Resumable uploads that nobody goes on with: of those whose bytes are all there the sweeper makes jobs, which is waited
 * for; the others would wait for their owners for a day, and are made to have expired, so that they have to vanish.
 */
export async function settleResumable(
  jobs: JobStore,
  jobsUrl: string,
  onBreach: (subject: string, what: string) => void,
): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const complete = await expireOthers(jobs, await openUploads(jobsUrl));
    if (complete.length === 0) return;
    if (performance.now() > deadline) {
      for (const id of complete) onBreach(id, 'is an upload with all its bytes, and does not become a job');
      return;
    }
    await delay(POLL_MS);
  }
}

/** Returns the ids of those that are complete. */
async function expireOthers(jobs: JobStore, ids: readonly string[]): Promise<string[]> {
  const complete: string[] = [];
  for (const id of ids) {
    const reading = await jobs.getUpload(id);
    if (reading === null) continue;
    const upload = { ...reading.upload };
    delete upload.lock;
    if (isComplete(upload)) complete.push(id);
    else if (upload.expiresAt > 0) await jobs.replaceUpload({ ...upload, expiresAt: 0 }, upload.version);
  }
  return complete;
}

/** The store itself lists only those that are due. */
async function openUploads(jobsUrl: string): Promise<string[]> {
  const client = new MongoClient(jobsUrl);
  try {
    const open = client.db().collection<{ _id: string }>('uploads').find({ state: 'resumable' });
    return await open.map(({ _id }) => _id).toArray();
  } finally {
    await client.close();
  }
}
