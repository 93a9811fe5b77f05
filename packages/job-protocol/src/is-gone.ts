import type { Job } from '@clipscribe/contracts';

/** True when the job is deleted for its owner, whether its files are removed already or not. */
export function isGone(job: Job): boolean {
  return job.state === 'deleting' || job.state === 'deleted';
}
