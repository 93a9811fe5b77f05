import { isId, type Job, type Principal } from '@clipscribe/contracts';
import { isGone } from '@clipscribe/job-protocol';
import type { JobStore } from '@clipscribe/job-store';
import { aboutJob, HttpProblem } from '@clipscribe/runtime';

/** A job that this person may see. What is somebody else's does not exist. @throws HttpProblem NOT_FOUND */
export async function loadJob(jobs: JobStore, principal: Principal, id: unknown): Promise<Job> {
  const job = typeof id === 'string' && isId(id) ? (await jobs.get(id))?.job : undefined;
  if (job === undefined || isGone(job) || !mayAccess(principal, job)) throw noSuchJob();
  aboutJob(job.id);
  return job;
}

/** Owners have their own jobs, administrators all of them. */
export function mayAccess(principal: Principal, thing: { ownerId: string }): boolean {
  return principal.role === 'admin' || principal.userId === thing.ownerId;
}

export function noSuchJob(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'You have no job with this id. GET /jobs lists yours.');
}
