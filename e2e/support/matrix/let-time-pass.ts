import { setTimeout as delay } from 'node:timers/promises';
import { terminalStates, type Job } from '@clipscribe/contracts';
import { Sweeper } from '@clipscribe/job-protocol';
import type { JobStore } from '@clipscribe/job-store';
import { silentLog } from '@clipscribe/runtime';
import { allJobs } from '../promises/all-jobs.ts';
import type { ServiceName } from '../../../stack/service-envs.ts';
import type { Stores } from '../promises/surroundings.ts';

const MAX_COLLISIONS = 20;
/** A broker that is away takes no messages; then the sweeper sends them later. */
const PUBLISHING_MS = 3000;
const POLL_MS = 20;

/**
 * Spares a test the minutes that it would wait: leases that the dead service holds have run out, retries are due, and the
 * sweeper comes by. What the living hold stays as it is, since two of them would be at it otherwise.
 */
export async function letTimePass(stores: Stores, dead?: ServiceName): Promise<void> {
  for await (const { id } of allJobs(stores.jobs)) {
    if (dead === undefined) await untilPublished(stores.jobs, id);
    await makeDue(stores.jobs, id, dead);
  }
  await new Sweeper({ ...stores, log: silentLog }).sweep();
}

/** Whoever has just published what a job asks for notes that in it, with a date of its own in place of ours. */
async function untilPublished(jobs: JobStore, id: string): Promise<void> {
  const deadline = performance.now() + PUBLISHING_MS;
  while (((await jobs.get(id))?.job.outbox.length ?? 0) > 0 && performance.now() < deadline)
    await delay(POLL_MS);
}

async function makeDue(jobs: JobStore, id: string, dead: ServiceName | undefined): Promise<void> {
  for (let collisions = 0; collisions < MAX_COLLISIONS; collisions += 1) {
    const job = (await jobs.get(id))?.job;
    if (job === undefined || job.dueAt === null || isHeldByTheLiving(job, dead)) return;
    if (await jobs.replace({ ...(overdue(job) as Job), dueAt: 0 }, job.version)) return; // the same but for its dates
  }
  throw new Error(`job ${id} changes too often`);
}

/** Converters work on jobs that have not ended; then notification tells of them. */
function isHeldByTheLiving(job: Job, dead: ServiceName | undefined): boolean {
  const holders: [ServiceName, unknown[]][] = [
    ['converter', terminalStates.includes(job.state) ? [] : [job, ...job.chunks]],
    [
      'notification',
      [...(terminalStates.includes(job.state) ? [job] : []), ...(job.webhooks?.deliveries ?? [])],
    ],
  ];
  return holders.some(([holder, held]) => holder !== dead && held.some(hasLease));
}

function hasLease(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'lease' in value && value.lease !== undefined;
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
