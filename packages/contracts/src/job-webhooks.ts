import type { Lease } from './lease.ts';
import type { WebhookError, WebhookEvent } from './webhooks.ts';

/** The end of one run, as webhooks tell of it. */
export interface JobEvent {
  run: number;
  type: WebhookEvent;
  /** ms since the epoch. */
  at: number;
  /** The job as its owner saw it then, as JSON: what is sent does not change with what happens to the job later. */
  view: string;
  /** True once it is known whom to tell: there is a delivery for each of them. */
  isPlanned: boolean;
}

/** One request of a delivery, and what came of it. */
export interface WebhookAttempt {
  /** ms since the epoch. */
  at: number;
  durationMs: number;
  /** Absent when nothing was answered. */
  status?: number;
  /** Absent when the receiver has taken it. */
  error?: WebhookError;
}

/** The news of one event on its way to one address. */
export interface WebhookDelivery {
  /** Sent as `webhook-id`, the same one in every attempt and replay: receivers know copies by it. */
  id: string;
  /** Null for the address that came with the upload. */
  endpointId: string | null;
  /** Where the next attempt goes, or where the last one went. */
  url: string;
  /** The run whose event it tells of. */
  run: number;
  state: 'pending' | 'delivered' | 'failed';
  /** When its day of attempts began: when it was planned or replayed, ms since the epoch. */
  startedAt: number;
  /** Failed attempts since then. */
  failures: number;
  /** The newest ones, the last one last. */
  attempts: WebhookAttempt[];
  /** How many there were in all. */
  attemptCount: number;
  lease?: Lease;
  /** Not before this time it is tried again. */
  retryAt?: number;
}

/** What is told of a job to webhooks. */
export interface JobWebhooks {
  /** Those that are not planned yet or that a delivery refers to, the oldest first. */
  events: JobEvent[];
  /** The oldest first. */
  deliveries: WebhookDelivery[];
}
