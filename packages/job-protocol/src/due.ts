import { terminalStates, type Job } from '@clipscribe/contracts';
import { isUnplanned, waitingDeliveries } from './waiting-webhooks.ts';
import { PUBLISH_GRACE_MS, REQUEUE_MS, TOMBSTONE_MS } from './timing.ts';

/**
 * When the sweeper has to look at the job: what is written here is the whole guarantee that nothing is
 * forgotten, so every state with work left has a date.
 * @returns ms since the epoch, or null when nothing is left to do
 */
export function dueAt(job: Job, now: number): number | null {
  if (job.state === 'deleting') return now;
  if (job.state === 'deleted') return now + TOMBSTONE_MS;
  const dates = [...leaseDates(job)];
  if (job.outbox.length > 0) dates.push(now + PUBLISH_GRACE_MS);
  for (const start of [...waitingWork(job), ...waitingWebhooks(job)])
    dates.push(Math.max(now, start) + REQUEUE_MS);
  return dates.length === 0 ? null : Math.min(...dates);
}

function* leaseDates(job: Job): Generator<number> {
  if (job.lease) yield job.lease.expiresAt;
  for (const chunk of job.chunks) if (chunk.lease) yield chunk.lease.expiresAt;
  for (const { lease } of job.webhooks?.deliveries ?? []) if (lease) yield lease.expiresAt;
}

/** For all work that a message should start and nobody holds: the earliest time of its start, 0 for now. */
function* waitingWork(job: Job): Generator<number> {
  if (job.state === 'transcribing') {
    for (const chunk of job.chunks) if (chunk.state === 'pending' && !chunk.lease) yield chunk.retryAt ?? 0;
    return;
  }
  const converting = job.state === 'queued' || job.state === 'converting';
  const telling = terminalStates.includes(job.state) && job.notice?.state === 'pending';
  if ((converting || telling) && !job.lease) yield job.retryAt ?? 0;
}

function* waitingWebhooks(job: Job): Generator<number> {
  if (isUnplanned(job)) yield 0;
  for (const { retryAt } of waitingDeliveries(job)) yield retryAt ?? 0;
}
