import type { Job } from '@clipscribe/contracts';
import { Sweeper } from '@clipscribe/job-protocol';
import type { JobStore } from '@clipscribe/job-store';
import { silentLog } from '@clipscribe/runtime';
import { allJobs } from '../promises/all-jobs.ts';
import type { Stores } from '../promises/surroundings.ts';

const MAX_COLLISIONS = 20;

/**
 * Spares a test the minutes that it would wait: leases that are held now have run out, retries are due, and the sweeper
 * comes by. What nobody has to wait for stays as it is. Only while those who hold leases are dead.
 */
export async function letTimePass(stores: Stores): Promise<void> {
  for await (const { id } of allJobs(stores.jobs)) await makeDue(stores.jobs, id);
  await new Sweeper({ ...stores, log: silentLog }).sweep();
}

async function makeDue(jobs: JobStore, id: string): Promise<void> {
  for (let collisions = 0; collisions < MAX_COLLISIONS; collisions += 1) {
    const job = (await jobs.get(id))?.job;
    if (job === undefined || job.dueAt === null) return;
    if (await jobs.replace({ ...(overdue(job) as Job), dueAt: 0 }, job.version)) return; // the same but for its dates
  }
  throw new Error(`job ${id} changes too often`);
}

/** Wherever leases and dates of retries are in the job. */
function overdue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(overdue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'retryAt')
    .map(([name, inner]: [string, unknown]) => [name, name === 'expiresAt' ? 0 : overdue(inner)]);
  return Object.fromEntries(entries) as unknown;
}
