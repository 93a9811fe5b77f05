import { setTimeout as delay } from 'node:timers/promises';
import { terminalStates, type Job } from '@clipscribe/contracts';
import type { JobStore } from '@clipscribe/job-store';
import { allJobs } from './all-jobs.ts';

const POLL_MS = 300;

/**
 * Waits until nothing is left to do for any job: each is over, and the sweeper need not look at it again.
 * @returns the jobs for which that did not come true in time
 */
export async function untilQuiet(
  jobs: JobStore,
  options: { limitMs: number; isWaiting: (jobId: string) => boolean },
): Promise<Job[]> {
  const deadline = performance.now() + options.limitMs;
  for (;;) {
    const busy: Job[] = [];
    for await (const job of allJobs(jobs)) if (isBusy(job) && !options.isWaiting(job.id)) busy.push(job);
    if (busy.length === 0 || performance.now() > deadline) return busy;
    await delay(POLL_MS);
  }
}

function isBusy(job: Job): boolean {
  return !terminalStates.includes(job.state) || job.dueAt !== null || job.outbox.length > 0;
}
