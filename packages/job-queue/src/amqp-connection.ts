import type { Channel } from 'amqplib';
import { sleep, type Log } from '@clipscribe/runtime';
import { AmqpConnectionLog } from './amqp-connection-log.ts';
import { NOT_FOUND, QueueSetupError, REACH_MS, replyCode, unavailable, within } from './amqp-errors.ts';
import { AmqpLink } from './amqp-link.ts';
import { jittered } from './jittered.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/**
 * A queue that is made again before the broker has told the consumers of the deleted one is joined to them by
 * RabbitMQ 3.10, which then delivers nothing. It tells them within some 50 ms.
 */
const REPAIR_PAUSE_MS = 500;

export interface AmqpConnectionOptions {
  /** As `brokerAddress` gives it. */
  url: string;
  purpose: 'publishing' | 'consuming';
  /** Makes the queues; every new connection begins with it. */
  setUp: (link: AmqpLink) => Promise<void>;
  log: Log;
}

/**
 * A connection that is made again for ever. The driver has such a thing too (`recovery`), but there a user waits until the
 * broker is back instead of being told, and a broker that is stopped in the middle of a handshake is waited for.
 */
export class AmqpConnection {
  readonly #options: AmqpConnectionOptions;
  readonly #told: AmqpConnectionLog;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  /** The attempt under way, or what the last one came to. */
  #link: Promise<AmqpLink>;
  #repair: Promise<void> | null = null;

  constructor(options: AmqpConnectionOptions) {
    this.#options = options;
    this.#told = new AmqpConnectionLog(options.log, options.purpose);
    this.#link = this.#attempt();
    this.#running = this.#run();
  }

  /** The open connection. Waits for an attempt under way, but not for the next one. @throws UnavailableError within 2 s */
  link(): Promise<AmqpLink> {
    return within(REACH_MS, this.#link);
  }

  /** Does something on a channel of its own. `work` has to limit its waiting. @throws UnavailableError */
  async use<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const link = await this.link();
    const channel = await link.channel();
    try {
      const result = await work(channel);
      await within(REACH_MS, channel.close());
      return result;
    } catch (error) {
      // Not waited for: the broker may be silent, and then the caller has waited long enough.
      closeSoon(channel);
      if (replyCode(error) === NOT_FOUND) this.repair();
      throw unavailable(error);
    }
  }

  /** Sets up once more, because a queue was found missing. */
  repair(): void {
    if (this.#repair !== null) return;
    this.#repair = sleep(REPAIR_PAUSE_MS, this.#ending.signal)
      .then(() => this.link())
      .then((link) => this.#options.setUp(link))
      .catch((error: unknown) => {
        if (this.#isEnding) return;
        this.#options.log.warn({ err: error }, 'a queue is missing and cannot be made');
      })
      .finally(() => {
        this.#repair = null;
      });
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('the queue was closed'));
    await this.#link.then(
      (link) => link.close(),
      () => undefined,
    );
    await this.#running;
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  async #run(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const { wasOpen, reason } = await this.#endOfLink();
      this.#link = refused(reason);
      if (this.#isEnding) return;
      this.#told.failed(reason);
      if (wasOpen) failures = 0;
      await sleep(jittered(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)), this.#ending.signal);
      this.#link = this.#attempt();
    }
  }

  async #endOfLink(): Promise<{ wasOpen: boolean; reason: unknown }> {
    try {
      const link = await this.#link;
      this.#told.open();
      const reason = await link.closed;
      // After an error the driver still waits for the broker's goodbye.
      link.abort();
      return { wasOpen: true, reason };
    } catch (reason) {
      return { wasOpen: false, reason };
    }
  }

  async #attempt(): Promise<AmqpLink> {
    const { url, purpose, setUp } = this.#options;
    const link = await AmqpLink.open(url, `clipscribe ${purpose}`, this.#ending.signal, this.#told);
    const giveUp = (): void => {
      link.abort();
    };
    this.#ending.signal.addEventListener('abort', giveUp);
    try {
      await setUp(link);
      return link;
    } catch (error) {
      await link.close();
      throw error instanceof QueueSetupError ? error : unavailable(error);
    } finally {
      this.#ending.signal.removeEventListener('abort', giveUp);
    }
  }
}

function closeSoon(channel: Channel): void {
  channel.close().catch(() => undefined);
}

/** What everybody gets who asks for the connection now; perhaps nobody does. */
function refused(error: unknown): Promise<never> {
  const refusal = Promise.reject(unavailable(error));
  refusal.catch(() => undefined);
  return refusal;
}
