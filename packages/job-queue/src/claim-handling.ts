import { messageFields, type QueueName } from '@clipscribe/contracts';
import type { Log } from '@clipscribe/runtime';
import type { DeadLetterTable } from './dead-letter-table.ts';
import { HANDLER_FAULT_DELAY_MS, type Handler, type Outcome } from './job-queue.ts';
import { RENEW_EVERY_MS, type Claim, type MessageTable } from './message-table.ts';
import { wakeAll } from './wakeups.ts';

export interface ClaimHandlingOptions {
  queue: QueueName;
  handler: Handler;
  messages: MessageTable;
  deadLetters: DeadLetterTable;
  /** Names the queue in its file, for wake-ups within the process. */
  wakeupKey: string;
  log: Log;
}

/**
 * What happens to a claimed message: the handler sees it, the claim is kept alive meanwhile, and the outcome is
 * recorded. A database that fails costs time here, not messages: the claim lapses, and the message comes again.
 */
export class ClaimHandling {
  readonly #options: ClaimHandlingOptions;
  readonly #released = new WeakSet<Claim>();

  constructor(options: ClaimHandlingOptions) {
    this.#options = options;
  }

  /** Resolves when the handler has ended and its outcome is recorded; never rejects. */
  async handle(claim: Claim): Promise<void> {
    const renewal = setInterval(() => {
      this.#guard('a claim could not be renewed', claim, () => {
        this.#options.messages.renew(claim);
      });
    }, RENEW_EVERY_MS);
    const outcome = await this.#outcomeOf(claim);
    clearInterval(renewal);
    if (this.#released.has(claim)) return;
    this.#guard('an outcome could not be recorded, the message comes again', claim, () => {
      this.#record(claim, outcome);
    });
  }

  /** Gives the message to whoever asks next; its handler may go on, but the outcome no longer counts. */
  release(claim: Claim): void {
    this.#released.add(claim);
    this.#guard('a claim could not be released, it lapses', claim, () => {
      this.#options.messages.release(claim);
      wakeAll(this.#options.wakeupKey);
    });
  }

  async #outcomeOf({ messageId, body, deliveryCount }: Claim): Promise<Outcome> {
    const { queue, handler, log } = this.#options;
    try {
      return await handler({ queue, body, deliveryCount });
    } catch (error) {
      const about = { ...messageFields(body), queue, message: messageId };
      log.error({ ...about, err: error }, 'a handler failed, its message comes again');
      return { kind: 'retry', delayMs: HANDLER_FAULT_DELAY_MS };
    }
  }

  #record(claim: Claim, outcome: Outcome): void {
    const { messages, deadLetters, wakeupKey } = this.#options;
    if (outcome.kind === 'done') messages.remove(claim);
    else if (outcome.kind === 'dead-letter') deadLetters.bury(claim, outcome.reason);
    else {
      messages.putBack(claim, outcome.delayMs);
      wakeAll(wakeupKey);
    }
  }

  #guard(failure: string, claim: Claim, work: () => void): void {
    try {
      work();
    } catch (error) {
      const about = { queue: this.#options.queue, message: claim.messageId };
      this.#options.log.error({ ...messageFields(claim.body), ...about, err: error }, failure);
    }
  }
}
