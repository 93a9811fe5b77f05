import { isId, type Job } from '@clipscribe/contracts';
import { isGone } from '@clipscribe/job-protocol';
import type { JobStore } from '@clipscribe/job-store';

/** A job that was not deleted. */
export async function findJob(jobs: JobStore, id: string): Promise<Job | undefined> {
  const job = isId(id) ? (await jobs.get(id))?.job : undefined;
  return job === undefined || isGone(job) ? undefined : job;
}
