import type { Job, WebhookDelivery } from '@clipscribe/contracts';
import { isGone } from './is-gone.ts';

/** True while it is not known yet whom to tell of an end. */
export function isUnplanned(job: Job): boolean {
  return !isGone(job) && (job.webhooks?.events.some(({ isPlanned }) => !isPlanned) ?? false);
}

/** Deliveries that a message should start, now or later, and that nobody holds. */
export function waitingDeliveries(job: Job): WebhookDelivery[] {
  if (isGone(job)) return [];
  return (job.webhooks?.deliveries ?? []).filter(({ state, lease }) => state === 'pending' && !lease);
}
