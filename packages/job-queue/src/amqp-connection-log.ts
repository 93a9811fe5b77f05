import type { Log } from '@clipscribe/runtime';
import { QueueSetupError } from './amqp-errors.ts';

/** Says what became of a connection: every change once, however often it is tried again meanwhile. */
export class AmqpConnectionLog {
  readonly #log: Log;
  #told: 'nothing' | 'open' | 'lost' | 'refused' = 'nothing';

  constructor(log: Log, purpose: string) {
    this.#log = log.child({ connection: purpose });
  }

  open(): void {
    this.#log.info(this.#told === 'nothing' ? 'connected to the broker' : 'connected to the broker again');
    this.#told = 'open';
  }

  /** `error` is why there is no connection, or none that can be used. */
  failed(error: unknown): void {
    const now = error instanceof QueueSetupError ? 'refused' : 'lost';
    if (this.#told === now) return;
    const text =
      error instanceof QueueSetupError
        ? `the queues cannot be used: ${error.message}`
        : `the broker ${this.#told === 'open' ? 'is gone' : 'cannot be reached'}, trying again until it answers`;
    this.#log[now === 'refused' ? 'error' : 'warn']({ err: error }, text);
    this.#told = now;
  }

  blocked(reason: string): void {
    this.#log.warn({ reason }, 'the broker takes no messages for now');
  }

  unblocked(): void {
    this.#log.info('the broker takes messages again');
  }
}
