import type { Channel, Message } from 'amqplib';
import { CancelledError, REACH_MS, within } from './amqp-errors.ts';
import type { AmqpLink } from './amqp-link.ts';

export interface SubscriptionOptions {
  /** The broker's name of the queue. */
  queue: string;
  /** How many messages may be in our hands at a time. */
  slots: number;
  /** Resolves when the message needs this subscription no more; never rejects. */
  take: (message: Message, subscription: AmqpSubscription) => Promise<void>;
}

/** Why a subscription came to its end: `null` when we cancelled it. */
export type SubscriptionEnd = Error | null;

/** One consumer on one channel of its own, until either comes to its end. */
export class AmqpSubscription {
  /** Resolves when there will be no more deliveries. */
  readonly over: Promise<SubscriptionEnd>;
  readonly #channel: Channel;
  readonly #underWay = new Set<Promise<void>>();
  readonly #end: (reason: SubscriptionEnd) => void;
  #consumerTag: string | null = null;
  #isOpen = true;
  #cancelled: Promise<void> | null = null;

  private constructor(channel: Channel) {
    const { promise, resolve } = Promise.withResolvers<SubscriptionEnd>();
    this.over = promise;
    this.#end = resolve;
    this.#channel = channel;
    channel.on('error', resolve);
    channel.on('close', () => {
      this.#isOpen = false;
      resolve(new Error('the channel was closed'));
    });
  }

  /** @throws UnavailableError */
  static async start(link: AmqpLink, { queue, slots, take }: SubscriptionOptions): Promise<AmqpSubscription> {
    const channel = await link.channel();
    const subscription = new AmqpSubscription(channel);
    try {
      // Of each consumer, not of the channel (which quorum queues do not know).
      await within(REACH_MS, channel.prefetch(slots));
      const consume = channel.consume(queue, (message) => {
        if (message === null) subscription.#giveUp();
        else subscription.#take(take(message, subscription));
      });
      subscription.#consumerTag = (await within(REACH_MS, consume)).consumerTag;
      return subscription;
    } catch (error) {
      subscription.#isOpen = false;
      channel.close().catch(() => undefined);
      throw error;
    }
  }

  /** False when messages that were delivered here have gone back to the queue. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The message is done with. When the channel is gone this has no effect: the message comes again. */
  ack(message: Message): void {
    try {
      if (this.#isOpen) this.#channel.ack(message);
    } catch {
      // The connection is just being closed.
    }
  }

  /** Asks for no more deliveries; never rejects. */
  cancel(): Promise<void> {
    this.#end(null);
    return (this.#cancelled ??= this.#cancel());
  }

  /** Waits for what is under way, then gives back what was delivered but not taken; never rejects. */
  async finish(): Promise<void> {
    await Promise.all(this.#underWay);
    if (!this.#isOpen) return;
    try {
      // The answer comes after all acks have arrived.
      await within(REACH_MS, this.#channel.close());
    } catch {
      // It was closed meanwhile, or nobody listens: what is not acked comes again.
    }
  }

  async #cancel(): Promise<void> {
    if (!this.#isOpen || this.#consumerTag === null) return;
    try {
      await within(REACH_MS, this.#channel.cancel(this.#consumerTag));
    } catch {
      // Then the channel or the connection is at its end too.
    }
  }

  /**
   * The queue was deleted; or a delivery took too long, for which RabbitMQ 4.3 cancels where earlier ones close the
   * channel. The late message is somebody else's then, and an outcome that we still published would double it.
   */
  #giveUp(): void {
    this.#isOpen = false;
    this.#end(new CancelledError('the broker cancelled the subscription'));
    this.#channel.close().catch(() => undefined);
  }

  #take(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
