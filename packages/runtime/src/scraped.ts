/** So long a scrape waits for a reading, in ms: scrapers themselves give up after ten seconds. */
const LIMIT_MS = 1000;
/** So long a reading is taken for the present one, in ms: however many scrape, servers are asked no oftener. */
const KEEP_MS = 5000;

/**
 * Something that is asked of a server when metrics are scraped. A server that is away or slow costs a scrape a second at
 * most: the reading is missing then, and there is never more than one question under way.
 */
export class Scraped<T> {
  readonly #read: () => Promise<T>;
  readonly #limitMs: number;
  readonly #keepMs: number;
  #underWay: Promise<T | undefined> | undefined;
  #last: { value: T | undefined; at: number } | undefined;

  constructor(read: () => Promise<T>, options: { limitMs?: number; keepMs?: number } = {}) {
    this.#read = read;
    this.#limitMs = options.limitMs ?? LIMIT_MS;
    this.#keepMs = options.keepMs ?? KEEP_MS;
  }

  /** Never rejects; undefined when there was no answer in time. */
  async value(): Promise<T | undefined> {
    if (this.#last !== undefined && performance.now() - this.#last.at < this.#keepMs) return this.#last.value;
    this.#underWay ??= this.#ask();
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, this.#limitMs, undefined);
    try {
      return await Promise.race([this.#underWay, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(): Promise<T | undefined> {
    const value = await this.#answer();
    this.#last = { value, at: performance.now() };
    this.#underWay = undefined;
    return value;
  }

  /** Why there is none is said by the port itself, and by the readiness. */
  async #answer(): Promise<T | undefined> {
    try {
      return await this.#read();
    } catch {
      return undefined;
    }
  }
}
