import type { Job, Lease } from '@clipscribe/contracts';
import { omit } from './omit.ts';

/** Where in a job a lease is kept: at the job for its video and notice steps, at a chunk for its transcription. */
export interface LeaseSlot {
  get: (job: Job) => Lease | undefined;
  /** The job with the lease set, or without one. */
  set: (job: Job, lease: Lease | undefined) => Job;
}

export const jobSlot: LeaseSlot = {
  get: (job) => job.lease,
  set: (job, lease) => (lease === undefined ? omit(job, 'lease') : { ...job, lease }),
};

export function chunkSlot(index: number): LeaseSlot {
  return {
    get: (job) => job.chunks[index]?.lease,
    set: (job, lease) => ({
      ...job,
      chunks: job.chunks.map((chunk) => {
        if (chunk.index !== index) return chunk;
        return lease === undefined ? omit(chunk, 'lease') : { ...chunk, lease };
      }),
    }),
  };
}

/** True while somebody may be working under this lease. */
export function isLive(lease: Lease | undefined, now: number): boolean {
  return lease !== undefined && lease.expiresAt > now;
}
