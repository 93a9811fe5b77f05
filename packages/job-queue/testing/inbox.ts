import type { Delivery, Handler, Outcome } from '../src/job-queue.ts';

/** Remembers what was delivered, and lets a test wait for it. */
export class Inbox {
  readonly deliveries: Delivery[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  /** A handler that remembers each delivery, then does what `decide` says. */
  handler(decide: (delivery: Delivery) => Outcome | Promise<Outcome> = () => ({ kind: 'done' })): Handler {
    return async (delivery) => {
      this.deliveries.push(delivery);
      this.#waiting = this.#waiting.filter(({ count, resolve }) => {
        if (this.deliveries.length < count) return true;
        resolve();
        return false;
      });
      return decide(delivery);
    };
  }

  get bodies(): string[] {
    return this.deliveries.map(({ body }) => body);
  }

  /** Resolves when there have been `count` deliveries. */
  async has(count: number): Promise<void> {
    if (this.deliveries.length >= count) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push({
      count,
      resolve: () => {
        resolve(undefined);
      },
    });
    await promise;
  }
}
