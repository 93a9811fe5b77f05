import type { Message } from 'amqplib';
import { messageFields } from '@clipscribe/contracts';
import { sleep } from '@clipscribe/runtime';
import type { AmqpConnection } from './amqp-connection.ts';
import { CancelledError, NOT_FOUND, replyCode } from './amqp-errors.ts';
import { AmqpHandling, type AmqpHandlingOptions } from './amqp-handling.ts';
import { readMessage, type OutgoingMessage } from './amqp-message.ts';
import type { AmqpPublisher } from './amqp-publisher.ts';
import { AmqpSubscription } from './amqp-subscription.ts';
import type { Consumer } from './job-queue.ts';
import { jittered } from './jittered.ts';
import { Slots } from './slots.ts';

/** Before the next try to subscribe, and before the next to publish what takes a message's place. */
const PAUSE_MS = 500;

export interface AmqpConsumerOptions extends AmqpHandlingOptions {
  slots: number;
  connection: AmqpConnection;
  publisher: AmqpPublisher;
}

/**
 * Subscribes again whenever the subscription comes to its end, until it is stopped. A message is acked only after its
 * successor is safe, so that a crash in between doubles it, but does not lose it. It is never handed back: a message
 * that came back by itself has cost its consumer the life, which is what the broker's delivery limit counts.
 */
export class AmqpConsumer implements Consumer {
  readonly #options: AmqpConsumerOptions;
  readonly #handling: AmqpHandling;
  readonly #slots: Slots;
  readonly #ending = new AbortController();
  readonly #finishing = new Set<Promise<void>>();
  readonly #running: Promise<void>;

  constructor(options: AmqpConsumerOptions) {
    this.#options = options;
    this.#handling = new AmqpHandling(options);
    // More than the broker's own limit: after a reconnect, handlers of the time before are still at work.
    this.#slots = new Slots(options.slots);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    await this.abandon();
    await Promise.all(this.#finishing);
  }

  /** For the moment before the connection is closed: takes no more, and does not wait for handlers. */
  async abandon(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  async #run(): Promise<void> {
    const { connection, queue, log } = this.#options;
    while (!this.#isEnding) {
      try {
        await this.#subscribe();
      } catch (error) {
        // That the broker is gone is said by the connection.
        log.debug({ err: error, queue }, 'not subscribed, trying again');
        if (replyCode(error) === NOT_FOUND) connection.repair();
      }
      await sleep(jittered(PAUSE_MS), this.#ending.signal);
    }
  }

  /** Resolves when the subscription is over, or this consumer is to end. */
  async #subscribe(): Promise<void> {
    const { connection, topology, queue, slots, log } = this.#options;
    const subscription = await AmqpSubscription.start(await connection.link(), {
      queue: topology.main(queue),
      slots,
      take: (message, from) => this.#slots.with(() => this.#process(message, from)),
    });
    // At once, so that the broker hears of it before the acks of handlers that end meanwhile.
    const cancel = (): void => void subscription.cancel();
    this.#ending.signal.addEventListener('abort', cancel);
    if (this.#isEnding) cancel();
    const end = await subscription.over;
    this.#ending.signal.removeEventListener('abort', cancel);
    // A code means that the broker closed the channel alone, as it does when a handler takes longer than it allows.
    if (replyCode(end) !== null || end instanceof CancelledError)
      log.warn({ err: end, queue }, 'the broker ended a subscription, making a new one');
    await subscription.cancel();
    const finished = subscription.finish().finally(() => this.#finishing.delete(finished));
    this.#finishing.add(finished);
  }

  async #process(message: Message, from: AmqpSubscription): Promise<void> {
    // Untouched it goes back to the queue when the channel is closed, if it has not already.
    if (this.#isEnding || !from.isOpen) return;
    const successor = await this.#handling.successorOf(readMessage(message));
    await this.#settle(message, from, successor);
  }

  /** Tries until it is done or the broker gives the message to somebody else. */
  async #settle(message: Message, from: AmqpSubscription, successor: OutgoingMessage | null): Promise<void> {
    while (from.isOpen) {
      if (successor === null || (await this.#isPublished(successor))) {
        from.ack(message);
        return;
      }
      if (this.#isEnding) return;
      await sleep(jittered(PAUSE_MS), this.#ending.signal);
    }
  }

  async #isPublished(successor: OutgoingMessage): Promise<boolean> {
    try {
      await this.#options.publisher.publish(successor);
      return true;
    } catch (error) {
      const { queue, log } = this.#options;
      const about = { ...messageFields(successor.body), queue };
      log.debug({ ...about, err: error }, 'an outcome could not be published, trying again');
      return false;
    }
  }
}
