import type { Job, WebhookAttempt, WebhookDelivery } from '@clipscribe/contracts';
import { isLive, type LeaseSlot } from './lease-slot.ts';
import { omit } from './omit.ts';
import { outboxWithout } from './outbox.ts';
import { LEASE_MS, RETRY_TOLERANCE_MS } from './timing.ts';
import type { Change } from './transition.ts';
import { webhookEntry } from './wanted-messages.ts';
import { webhookDelayMs } from './webhook-backoff.ts';

/** So much of a delivery's log is kept; a day has nine attempts. */
export const MAX_LOGGED_ATTEMPTS = 20;

/** An attempt as its sender tells of it when it is over. */
export type WebhookResult = Omit<WebhookAttempt, 'at'>;

/** The lease on one delivery. */
export function webhookSlot(id: string): LeaseSlot {
  return {
    get: (job) => deliveryOf(job, id)?.lease,
    set: (job, lease) =>
      withDelivery(job, id, (delivery) =>
        lease === undefined ? omit(delivery, 'lease') : { ...delivery, lease },
      ),
  };
}

export function deliveryOf(job: Job, id: string): WebhookDelivery | undefined {
  return job.webhooks?.deliveries.find((delivery) => delivery.id === id);
}

/** Takes a delivery that waits, or one whose sender was lost. */
export function claimWebhook(id: string, token: string): Change {
  return (job, now) => {
    const delivery = deliveryOf(job, id);
    if (delivery?.state !== 'pending' || isLive(delivery.lease, now)) return null;
    if ((delivery.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
    const counted = delivery.lease ? webhookAttemptLost(job, id, now) : job;
    if (deliveryOf(counted, id)?.state !== 'pending') return counted;
    const held = webhookSlot(id).set(counted, { token, expiresAt: now + LEASE_MS });
    return { ...held, outbox: outboxWithout(job, id) };
  };
}

/** The receiver has taken it. */
export function webhookDelivered(id: string, result: WebhookResult): Change {
  return (job, now) => ended(job, id, 'delivered', attemptAt(result, now));
}

/** Given up at once: no further attempt could do better. */
export function webhookGivenUp(id: string, result: WebhookResult): Change {
  return (job, now) => ended(job, id, 'failed', attemptAt(result, now));
}

/**
 * Again after a while, for a day; then it stays as failed, to be replayed.
 * @param retryAfterMs what the receiver asked for
 */
export function webhookAttemptFailed(id: string, result: WebhookResult, retryAfterMs?: number): Change {
  return (job, now) => {
    const { startedAt, failures } = deliveryOf(job, id) ?? { startedAt: now, failures: 0 };
    const attempt = attemptAt(result, now);
    const delayMs = webhookDelayMs({ failures: failures + 1, elapsedMs: now - startedAt, retryAfterMs });
    if (delayMs === null) return ended(job, id, 'failed', attempt);
    const noted = withDelivery(job, id, (delivery) => logged(delivery, attempt));
    return later(noted, id, now, delayMs);
  };
}

/** It could not be tried now, for a reason of ours; that is no attempt. */
export function webhookPostponed(id: string, delayMs: number): Change {
  return (job, now) => later(job, id, now, delayMs);
}

/** The process stops: another one delivers. */
export function webhookGivenBack(id: string): Change {
  return (job) => {
    const free = webhookSlot(id).set(job, undefined);
    return { ...free, outbox: [...outboxWithout(job, id), webhookEntry(free, id)] };
  };
}

/** A sender vanished; whether the receiver has taken it is unknown, so it gets it again under the same id. */
export function webhookAttemptLost(job: Job, id: string, now: number): Job {
  const { startedAt, failures } = deliveryOf(job, id) ?? { startedAt: now, failures: 0 };
  const attempt: WebhookAttempt = { at: now, durationMs: 0, error: 'WORKER_LOST' };
  const isOver = webhookDelayMs({ failures: failures + 1, elapsedMs: now - startedAt }) === null;
  if (isOver) return ended(job, id, 'failed', attempt);
  return withDelivery(job, id, (delivery) => logged(omit(delivery, 'lease', 'retryAt'), attempt));
}

/** Once more from the beginning, for another day; null while it is still under way. */
export function replayWebhook(id: string): Change {
  return (job, now) => {
    const delivery = deliveryOf(job, id);
    if (delivery === undefined || delivery.state === 'pending') return null;
    const again: WebhookDelivery = { ...delivery, state: 'pending', startedAt: now, failures: 0 };
    const next = withDelivery(job, id, () => again);
    return { ...next, outbox: [...outboxWithout(job, id), webhookEntry(next, id)] };
  };
}

/** Notes where the attempt under way goes: its owner may have changed the address meanwhile. */
export function webhookAddressed(id: string, url: string, change: Change): Change {
  return (job, now) => {
    const changed = change(job, now);
    return changed && withDelivery(changed, id, (delivery) => ({ ...delivery, url }));
  };
}

/** Leases that have run out are taken away; what nobody holds any more is wanted again. */
export function freeWebhooks(job: Job, now: number): Job {
  let freed = job;
  for (const { id, lease } of job.webhooks?.deliveries ?? []) {
    if (lease !== undefined && lease.expiresAt <= now) freed = webhookAttemptLost(freed, id, now);
  }
  return freed;
}

function later(job: Job, id: string, now: number, delayMs: number): Job {
  const waiting = withDelivery(job, id, (delivery) => ({
    ...omit(delivery, 'lease'),
    retryAt: now + delayMs,
  }));
  return { ...waiting, outbox: [...outboxWithout(job, id), webhookEntry(waiting, id, delayMs)] };
}

function ended(job: Job, id: string, state: 'delivered' | 'failed', attempt: WebhookAttempt): Job {
  const over = withDelivery(job, id, (delivery) => ({
    ...logged(omit(delivery, 'lease', 'retryAt'), attempt),
    state,
  }));
  return { ...over, outbox: outboxWithout(job, id) };
}

function logged(delivery: WebhookDelivery, attempt: WebhookAttempt): WebhookDelivery {
  const { failures, attemptCount } = delivery;
  return {
    ...delivery,
    failures: attempt.error === undefined ? failures : failures + 1,
    attemptCount: attemptCount + 1,
    attempts: [...delivery.attempts, attempt].slice(-MAX_LOGGED_ATTEMPTS),
  };
}

function attemptAt(result: WebhookResult, now: number): WebhookAttempt {
  return { at: now - result.durationMs, ...result };
}

function withDelivery(job: Job, id: string, change: (delivery: WebhookDelivery) => WebhookDelivery): Job {
  if (job.webhooks === undefined) return job;
  const deliveries = job.webhooks.deliveries.map((delivery) =>
    delivery.id === id ? change(delivery) : delivery,
  );
  return { ...job, webhooks: { ...job.webhooks, deliveries } };
}
