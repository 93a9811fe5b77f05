import { queueNames, type QueueName } from '@clipscribe/contracts';
import { DELIVERY_LIMIT } from './job-queue.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long messages rest in the retry queues, ascending. Other delays are made of several rests. */
export const RETRY_DELAYS_MS: Delays = [
  SECOND,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  60 * MINUTE,
];
export type Delays = readonly [number, ...number[]];

/** A delay may become longer by this factor when that saves the message a stop on its way. */
const LATENESS = 1.25;

/**
 * Being looked at counts as a delivery, which must never be one too many: RabbitMQ 4 drops messages after 20 unless told
 * otherwise, and 3.10 has no word for "unlimited".
 */
const LOOKS_LIMIT = 1_000_000_000;

/** A queue to be declared; `arguments` as on https://www.rabbitmq.com/docs/quorum-queues and /docs/ttl */
export interface QueueDeclaration {
  name: string;
  arguments: Readonly<Record<string, string | number>>;
}

/** Where a message goes next, and how long it has to wait after that. */
export interface Hop {
  name: string;
  remainingMs: number;
}

/**
 * The queues at the broker. Each queue of the suite is three kinds of quorum queues there: `video` itself,
 * `video.dead` for dead letters, and `video.retry.30s` and the like, out of which messages fall back into `video`
 * when they have rested so long. Since no clock is compared, none can be wrong.
 */
export class AmqpTopology {
  readonly #prefix: string;
  readonly #delaysMs: Delays;

  constructor(prefix: string, delaysMs: Delays) {
    this.#prefix = prefix;
    this.#delaysMs = delaysMs;
  }

  main(queue: QueueName): string {
    return this.#prefix + queue;
  }

  dead(queue: QueueName): string {
    return `${this.main(queue)}.dead`;
  }

  /** Queues whose messages wait to be delivered. */
  waiting(queue: QueueName): string[] {
    return [this.main(queue), ...this.delayed(queue)];
  }

  /** Queues whose messages wait for their time. */
  delayed(queue: QueueName): string[] {
    return this.#delaysMs.map((delayMs) => this.#retry(queue, delayMs));
  }

  /** The way of a message that is due in `delayMs`: never too early, at most a quarter or one shortest rest too late. */
  hop(queue: QueueName, delayMs: number): Hop {
    if (delayMs <= 0) return { name: this.main(queue), remainingMs: 0 };
    const atMost = this.#delaysMs.findLast((restMs) => restMs <= delayMs);
    const atLeast = this.#delaysMs.find((restMs) => restMs >= delayMs);
    const isClose = atLeast !== undefined && atLeast <= delayMs * LATENESS;
    const restMs = (isClose ? atLeast : atMost) ?? this.#delaysMs[0];
    return { name: this.#retry(queue, restMs), remainingMs: Math.max(0, delayMs - restMs) };
  }

  /** In the order of declaration: a queue comes after the one that its dead letters go to. */
  declarations(): QueueDeclaration[] {
    return queueNames.flatMap((queue) => [
      { name: this.dead(queue), arguments: { ...quorum, 'x-delivery-limit': LOOKS_LIMIT } },
      {
        name: this.main(queue),
        // A limit of 3 means 4 deliveries.
        arguments: { ...movingTo(this.dead(queue)), 'x-delivery-limit': DELIVERY_LIMIT - 1 },
      },
      ...this.#delaysMs.map((delayMs) => ({
        name: this.#retry(queue, delayMs),
        arguments: { ...movingTo(this.main(queue)), 'x-message-ttl': delayMs },
      })),
    ]);
  }

  #retry(queue: QueueName, delayMs: number): string {
    return `${this.main(queue)}.retry.${label(delayMs)}`;
  }
}

const quorum = { 'x-queue-type': 'quorum' };

/** At-least-once: the broker keeps a message until the other queue has confirmed it; that needs reject-publish. */
function movingTo(target: string): Record<string, string> {
  return {
    ...quorum,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': target,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

function label(ms: number): string {
  if (ms % (60 * MINUTE) === 0) return `${String(ms / (60 * MINUTE))}h`;
  if (ms % MINUTE === 0) return `${String(ms / MINUTE)}m`;
  return ms % SECOND === 0 ? `${String(ms / SECOND)}s` : `${String(ms)}ms`;
}
