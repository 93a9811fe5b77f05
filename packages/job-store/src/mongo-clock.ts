import type { Db } from 'mongodb';

/** How long a measurement is used. Two good clocks drift apart by less than 1 ms in this time. */
const FRESH_MS = 5000;

/**
 * Database time without asking for it each time: `localTime` of the server's `hello`, carried on by this machine's
 * monotonic clock, so that the setting of its wall clock does not matter. Wrong by half a round trip at most. `$$NOW` would
 * be exact, but cannot be part of a `find`, and is not known to every compatible server. A machine that was
 * suspended is behind until the next measurement, which costs it its leases, as it should.
 */
export class MongoClock {
  readonly #db: Db;
  /** Database time minus monotonic time, ms. */
  #offset = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  /** ms since the epoch, mostly without asking. */
  async now(): Promise<number> {
    if (performance.now() - this.#measuredAt > FRESH_MS) return this.ask();
    return this.#read();
  }

  /** ms since the epoch, as the server says now. */
  async ask(): Promise<number> {
    await (this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = undefined;
    }));
    return this.#read();
  }

  #read(): number {
    return Math.round(performance.now() + this.#offset);
  }

  async #measure(): Promise<void> {
    const asked = performance.now();
    const { localTime }: { localTime?: unknown } = await this.#db.command({ hello: 1 });
    const answered = performance.now();
    if (!(localTime instanceof Date)) throw new TypeError('the server does not tell its time');
    this.#offset = localTime.getTime() - (asked + answered) / 2;
    this.#measuredAt = answered;
  }
}
