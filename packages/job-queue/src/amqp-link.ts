import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { REACH_MS, within } from './amqp-errors.ts';

/** A broker that takes the connection but does not say anything is given up after this. */
const OPEN_LIMIT_MS = 5000;
const CLOSE_LIMIT_MS = 1000;

export interface LinkEvents {
  blocked: (reason: string) => void;
  unblocked: () => void;
}

/** One connection to the broker, from its handshake to its end; every wait on it is limited. */
export class AmqpLink {
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<unknown>;
  readonly #model: ChannelModel;
  readonly #socket: AbortController;
  #isBlocked = false;

  private constructor(model: ChannelModel, socket: AbortController, events: LinkEvents) {
    this.#model = model;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      model.on('error', resolve);
      model.on('close', (error) => {
        resolve(error ?? new Error('the connection was closed'));
      });
    });
    model.on('blocked', (reason) => {
      this.#isBlocked = true;
      events.blocked(reason);
    });
    model.on('unblocked', () => {
      this.#isBlocked = false;
      events.unblocked();
    });
  }

  /** `name` is what the broker's lists of connections show. `signal` ends the attempt. */
  static async open(url: string, name: string, signal: AbortSignal, events: LinkEvents): Promise<AmqpLink> {
    const socket = new AbortController();
    const giveUp = (): void => {
      socket.abort();
    };
    // The driver hands its options to the socket, whose `signal` is the one way to destroy it from outside.
    const options = { signal: socket.signal, noDelay: true, clientProperties: { connection_name: name } };
    signal.addEventListener('abort', giveUp);
    try {
      signal.throwIfAborted();
      const model = await within(OPEN_LIMIT_MS, connect(url, options));
      return new AmqpLink(model, socket, events);
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** True while the broker refuses to read what is published, because it is short of memory or disk. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** @throws UnavailableError */
  channel(): Promise<Channel> {
    return within(REACH_MS, this.#model.createChannel().then(withoutOutcry));
  }

  /** @throws UnavailableError */
  confirmChannel(): Promise<ConfirmChannel> {
    return within(REACH_MS, this.#model.createConfirmChannel().then(withoutOutcry));
  }

  /** Ends the connection without a word to the broker, which may not be listening. */
  abort(): void {
    this.#socket.abort();
  }

  /** Says goodbye if the broker listens; never rejects. */
  async close(): Promise<void> {
    try {
      await within(CLOSE_LIMIT_MS, this.#model.close());
    } catch {
      // It is closed already, or nobody listens.
    }
    this.abort();
  }
}

/** An `error` event without a listener ends the process. Whoever waits for an answer is told anyway, and `close` follows. */
function withoutOutcry<C extends Channel>(channel: C): C {
  channel.on('error', () => undefined);
  return channel;
}
