import {
  newId,
  type EndState,
  type Job,
  type JobEvent,
  type JobWebhooks,
  type WebhookDelivery,
  type WebhookEvent,
} from '@clipscribe/contracts';
import { jobView } from './job-view.ts';
import { omit } from './omit.ts';
import { outboxWithout } from './outbox.ts';
import type { Change } from './transition.ts';
import { isUnplanned } from './waiting-webhooks.ts';
import { webhookEntry } from './wanted-messages.ts';

/** Deliveries are part of the job's document; the oldest leave it when there are more. */
export const MAX_DELIVERIES = 100;
/** So many ends of runs wait to be planned, each with a view of the job; it is not to grow without end. */
const MAX_UNPLANNED = 50;

/** Where news of an event go. */
export interface WebhookTarget {
  /** Null for the address that came with the upload. */
  endpointId: string | null;
  url: string;
}

/** The end of a run that is to be told, and the message that has it planned. */
export function withEvent(job: Job, now: number, state: EndState): Job {
  const told = { ...job, updatedAt: now, options: omit(job.options, 'webhook') };
  const view = JSON.stringify(jobView(omit(told, 'webhooks')));
  const event: JobEvent = { run: job.run, type: `job.${state}`, at: now, view, isPlanned: false };
  const { events, deliveries } = job.webhooks ?? none;
  const waiting = events.filter(({ isPlanned }) => !isPlanned).slice(1 - MAX_UNPLANNED);
  const planned = events.filter(({ isPlanned }) => isPlanned);
  const next: Job = { ...job, webhooks: { events: [...planned, ...waiting, event], deliveries } };
  return { ...next, outbox: [...outboxWithout(job, undefined), webhookEntry(next)] };
}

const none: JobWebhooks = { events: [], deliveries: [] };

/**
 * One delivery for each event that was not planned yet and each of its targets, with their messages.
 * @param targets who hears of an event
 */
export function planWebhooks(targets: (event: WebhookEvent) => readonly WebhookTarget[]): Change {
  return (job, now) => {
    const { webhooks } = job;
    if (webhooks === undefined || !isUnplanned(job)) return null;
    const fresh = webhooks.events
      .filter(({ isPlanned }) => !isPlanned)
      .flatMap(({ run, type }) => targets(type).map((target) => newDelivery(target, run, now)));
    const deliveries = newest([...webhooks.deliveries, ...fresh]);
    const events = webhooks.events
      .filter(({ run }) => deliveries.some((delivery) => delivery.run === run))
      .map((event) => ({ ...event, isPlanned: true }));
    const outbox = outboxWithout(job, undefined);
    if (deliveries.length === 0) return { ...omit(job, 'webhooks'), outbox };
    const messages = fresh.filter((delivery) => deliveries.includes(delivery));
    return {
      ...job,
      webhooks: { events, deliveries },
      outbox: [...outbox, ...messages.map(({ id }) => webhookEntry(job, id))],
    };
  };
}

function newDelivery(target: WebhookTarget, run: number, now: number): WebhookDelivery {
  const begin = { state: 'pending', startedAt: now, failures: 0, attemptCount: 0 } as const;
  return { id: newId(), ...target, run, ...begin, attempts: [] };
}

/** Of too many, those that are over go first, then the oldest. */
function newest(deliveries: readonly WebhookDelivery[]): WebhookDelivery[] {
  const excess = deliveries.length - MAX_DELIVERIES;
  if (excess <= 0) return [...deliveries];
  const over = deliveries.filter(({ state }) => state !== 'pending');
  const waiting = deliveries.filter(({ state }) => state === 'pending');
  const dropped = new Set([...over, ...waiting].slice(0, excess));
  return deliveries.filter((delivery) => !dropped.has(delivery));
}
