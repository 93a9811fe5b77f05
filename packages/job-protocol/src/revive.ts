import { newId, type Job, type OutboxEntry } from '@clipscribe/contracts';
import { chunkAttemptLost } from './chunk-steps.ts';
import { noticeAttemptLost } from './notice-steps.ts';
import type { Change } from './transition.ts';
import { videoAttemptLost } from './video-steps.ts';
import { wantedMessages } from './wanted-messages.ts';
import { freeWebhooks } from './webhook-steps.ts';

/**
 * What the sweeper does to an overdue job: leases that have run out are taken away, and every piece of work
 * that nobody holds gets its message again.
 */
export const revive: Change = (job, now) => {
  const freed = freeWebhooks(freeChunks(freeJob(job, now), now), now);
  const wanted = freed !== job || job.outbox.length === 0 ? wantedMessages(freed) : [];
  return { ...freed, outbox: merge(freed.outbox, wanted) };
};

/** Entries that wait get a new id, which makes them new: the transition publishes them. */
function merge(waiting: readonly OutboxEntry[], wanted: readonly OutboxEntry[]): OutboxEntry[] {
  const bodies = new Set(waiting.map(({ body }) => body));
  return [
    ...waiting.map((entry) => ({ ...entry, id: newId() })),
    ...wanted.filter(({ body }) => !bodies.has(body)),
  ];
}

function freeJob(job: Job, now: number): Job {
  if (job.lease === undefined || job.lease.expiresAt > now) return job;
  return job.state === 'converting' ? videoAttemptLost(job, now) : noticeAttemptLost(job, now);
}

function freeChunks(job: Job, now: number): Job {
  let freed = job;
  for (const { index, lease } of job.chunks) {
    if (lease === undefined || lease.expiresAt > now || freed.state !== 'transcribing') continue;
    freed = chunkAttemptLost(freed, index, now);
  }
  return freed;
}
