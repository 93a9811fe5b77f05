import { messageFields } from '@clipscribe/contracts';
import { ClaimHandling, type ClaimHandlingOptions } from './claim-handling.ts';
import { DELIVERY_LIMIT, type Consumer } from './job-queue.ts';
import type { Claim } from './message-table.ts';
import { onWakeup } from './wakeups.ts';

/** Other processes cannot wake us, so an idle consumer looks at least so often. */
const POLL_MS = 1000;

export interface SqliteConsumerOptions extends ClaimHandlingOptions {
  slots: number;
}

/**
 * Looks for messages whenever something may have changed: at the start, after a wake-up, when a slot becomes free,
 * when the next delayed message is due, and every second.
 */
export class SqliteConsumer implements Consumer {
  readonly #options: SqliteConsumerOptions;
  readonly #handling: ClaimHandling;
  readonly #underWay = new Map<Claim, Promise<void>>();
  readonly #unsubscribe: () => void;
  #stopped = false;
  #look: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SqliteConsumerOptions) {
    this.#options = options;
    this.#handling = new ClaimHandling(options);
    this.#unsubscribe = onWakeup(options.wakeupKey, () => {
      this.#lookSoon();
    });
    this.#lookSoon();
  }

  async stop(): Promise<void> {
    this.#takeNoMore();
    await Promise.all(this.#underWay.values());
  }

  /** For the moment before the database is closed: messages whose handlers have not ended go to somebody else. */
  abandon(): void {
    this.#takeNoMore();
    for (const claim of this.#underWay.keys()) this.#handling.release(claim);
  }

  #takeNoMore(): void {
    this.#stopped = true;
    this.#unsubscribe();
    clearImmediate(this.#look);
    clearTimeout(this.#timer);
  }

  /** Never in the caller's stack: `publish` must not run a handler. */
  #lookSoon(): void {
    if (this.#stopped) return;
    this.#look ??= setImmediate(() => {
      this.#look = undefined;
      this.#lookNow();
    });
  }

  /** Takes at most one message, so that a long queue does not hold up everything else in the process. */
  #lookNow(): void {
    clearTimeout(this.#timer);
    if (this.#underWay.size >= this.#options.slots) return;
    const waitMs = this.#tryToTake();
    if (waitMs <= 0) {
      this.#lookSoon();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#lookSoon();
    }, waitMs);
  }

  /** Returns how long to wait before the next look, in ms. */
  #tryToTake(): number {
    const { messages, queue, log } = this.#options;
    try {
      const dueAt = messages.nextDueAt(queue);
      const waitMs = dueAt === null ? POLL_MS : Math.min(dueAt - Date.now(), POLL_MS);
      if (waitMs <= 0) this.#take(messages.claim(queue));
      return waitMs;
    } catch (error) {
      log.error({ err: error, queue }, 'the queue cannot be read, trying again');
      return POLL_MS;
    }
  }

  #take(claim: Claim | null): void {
    if (claim === null) return;
    if (claim.deliveryCount > DELIVERY_LIMIT) {
      const about = { ...messageFields(claim.body), queue: this.#options.queue, message: claim.messageId };
      this.#options.log.warn(about, 'dead letter: delivery limit');
      this.#options.deadLetters.bury(claim, 'delivery limit');
      return;
    }
    const work = this.#handling.handle(claim).finally(() => {
      this.#underWay.delete(claim);
      this.#lookSoon();
    });
    this.#underWay.set(claim, work);
  }
}
