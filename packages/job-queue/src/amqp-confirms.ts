import type { ConfirmChannel } from 'amqplib';
import { newId } from '@clipscribe/contracts';
import { UnroutableError } from './amqp-errors.ts';
import type { AmqpLink } from './amqp-link.ts';
import type { OutgoingMessage } from './amqp-message.ts';

/** A channel on which every message is known to be in a queue, or known not to be. */
export class AmqpConfirms {
  readonly #link: AmqpLink;
  readonly #channel: Promise<ConfirmChannel>;
  /** Ids of messages that came back and are yet to be confirmed: the broker does both, in this order. */
  readonly #returned = new Set<unknown>();
  #isOpen = true;
  /** While the driver's buffer is full. */
  #full: PromiseWithResolvers<undefined> | null = null;

  constructor(link: AmqpLink) {
    this.#link = link;
    this.#channel = this.#open(link);
    this.#channel.catch(() => {
      this.#isOpen = false;
    });
  }

  isOpenOn(link: AmqpLink): boolean {
    return this.#isOpen && this.#link === link;
  }

  /** @throws UnavailableError */
  async opened(): Promise<this> {
    await this.#channel;
    return this;
  }

  /**
   * Resolves when the message is in its queue and safe there; there is no limit of time.
   * @throws UnroutableError when there is no such queue, else the driver's error: the message may be there or not
   */
  async publish(message: OutgoingMessage): Promise<void> {
    const channel = await this.#channel;
    while (this.#full !== null) await this.#full.promise;
    await this.#send(channel, message);
  }

  /** What waits for its confirm is given up. */
  close(): void {
    this.#isOpen = false;
    this.#channel.then((channel) => channel.close()).catch(() => undefined);
  }

  #send(channel: ConfirmChannel, { to, body, headers }: OutgoingMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const messageId = newId();
      const properties = { persistent: true, mandatory: true, contentType: 'application/json' };
      const confirmed = (error: unknown): void => {
        if (this.#returned.delete(messageId)) reject(new UnroutableError(to));
        else if (error instanceof Error) reject(error);
        else resolve();
      };
      const options = { ...properties, messageId, headers };
      const hasRoom = channel.sendToQueue(to, Buffer.from(body), options, confirmed);
      if (!hasRoom) this.#full ??= Promise.withResolvers();
    });
  }

  async #open(link: AmqpLink): Promise<ConfirmChannel> {
    const channel = await link.confirmChannel();
    const goOn = (): void => {
      this.#full?.resolve(undefined);
      this.#full = null;
    };
    channel.on('return', ({ properties }) => this.#returned.add(properties.messageId));
    channel.on('drain', goOn);
    channel.on('close', () => {
      this.#isOpen = false;
      goOn();
    });
    return channel;
  }
}
