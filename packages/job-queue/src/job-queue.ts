import type { QueueName } from '@clipscribe/contracts';

export interface Delivery {
  queue: QueueName;
  body: string;
  /** 1 for the first delivery of this message, more after a crash of a consumer or a `retry`. */
  deliveryCount: number;
}

/**
 * What a handler made of a delivery:
 *
 * | outcome | the message |
 * | --- | --- |
 * | `done` | is removed: the job store holds whatever comes next |
 * | `retry` | comes again after `delayMs`; for faults that kept the job from being looked at, such as a database that is down |
 * | `dead-letter` | goes to the dead letters with the reason: no consumer could ever handle it |
 * | the handler throws | as `retry` after 30 s; a handler should not throw |
 * | the process dies | comes again, to any consumer |
 *
 * A message that was delivered more than `DELIVERY_LIMIT` times is dead-lettered.
 */
export type Outcome =
  { kind: 'done' } | { kind: 'retry'; delayMs: number } | { kind: 'dead-letter'; reason: string };

export type Handler = (delivery: Delivery) => Promise<Outcome>;

export const DELIVERY_LIMIT = 20;
export const HANDLER_FAULT_DELAY_MS = 30_000;

export interface Consumer {
  /** No new deliveries from now on; resolves when the handlers under way have ended. */
  stop: () => Promise<void>;
}

/** How many messages of a queue there are, without those in the hands of handlers. */
export interface QueueCounts {
  /** Wait for a consumer to take them. */
  ready: number;
  /** Rest until it is their time. */
  delayed: number;
  /** Dead letters. */
  dead: number;
}

export interface DeadLetter {
  id: string;
  queue: QueueName;
  body: string;
  reason: string;
  /** ms since the epoch. */
  deadAt: number;
}

/** Durable queues that may deliver a message twice or out of order, but do not lose one that was published. */
export interface JobQueue {
  /** What delivers the messages, by the name that OpenTelemetry has for it (`messaging.system`). */
  readonly system: string;
  /** Resolves when the message is durable; it is delivered after `delayMs` at the earliest. @throws UnavailableError */
  publish: (queue: QueueName, body: string, options?: { delayMs?: number }) => Promise<void>;
  /** Hands deliveries to `handler`, at most `slots` at a time, until stopped; connects again by itself. */
  consume: (queue: QueueName, options: { slots: number }, handler: Handler) => Promise<Consumer>;
  /** Messages that wait to be delivered, delayed ones included. */
  depth: (queue: QueueName) => Promise<number>;
  /** All queues at once, for metrics. @throws UnavailableError */
  counts: () => Promise<Record<QueueName, QueueCounts>>;
  deadLetters: (queue: QueueName, limit: number) => Promise<DeadLetter[]>;
  /** Puts a dead letter back into its queue; false when it is not there. */
  replayDeadLetter: (id: string) => Promise<boolean>;
  discardDeadLetter: (id: string) => Promise<boolean>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
}
