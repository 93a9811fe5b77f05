import { AmqpConfirms } from './amqp-confirms.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { NoAnswerError, REACH_MS, unavailable, UnroutableError, within } from './amqp-errors.ts';
import type { AmqpLink } from './amqp-link.ts';
import type { OutgoingMessage } from './amqp-message.ts';

/** A broker that is short of memory or disk never confirms. */
const CONFIRM_LIMIT_MS = 10_000;

/**
 * Publishes with confirms, on a connection where nothing is consumed: a broker in an alarm stops reading from connections
 * that publish, and acks must get through all the same.
 */
export class AmqpPublisher {
  readonly #connection: AmqpConnection;
  #confirms: AmqpConfirms | null = null;

  constructor(connection: AmqpConnection) {
    this.#connection = connection;
  }

  /**
   * Resolves when the broker has the message safe. After a failure it may have it nevertheless.
   * @throws UnavailableError within 2 s when the broker cannot be reached or is known to take no messages,
   * within 12 s when it falls silent
   */
  async publish(message: OutgoingMessage): Promise<void> {
    const { link, confirms } = await within(REACH_MS, this.#open());
    try {
      await within(CONFIRM_LIMIT_MS, confirms.publish(message));
    } catch (error) {
      this.#recover(link, confirms, unavailable(error).cause);
      throw error;
    }
  }

  async #open(): Promise<{ link: AmqpLink; confirms: AmqpConfirms }> {
    const link = await this.#connection.link();
    if (link.isBlocked) throw new Error('the broker takes no messages: it is short of memory or disk');
    if (this.#confirms?.isOpenOn(link) !== true) this.#confirms = new AmqpConfirms(link);
    return { link, confirms: await this.#confirms.opened() };
  }

  /** Sees to it that the next message does better. */
  #recover(link: AmqpLink, confirms: AmqpConfirms, cause: unknown): void {
    if (cause instanceof UnroutableError) {
      this.#connection.repair();
      return;
    }
    confirms.close();
    // Without an alarm there is no reason to be silent: it is stopped, or the network swallows everything.
    if (cause instanceof NoAnswerError && !link.isBlocked) link.abort();
  }
}
