import { sleep, UnavailableError, type Log } from '@clipscribe/runtime';

/** Waits between attempts, ms: short at first, for a database that is starting too. The last one is repeated. */
const WAITS_MS = [250, 500, 1000, 2000, 5000] as const;
const LONGEST_WAIT_MS = 5000;

/**
 * What has to be done once before the service is ready, such as making the first administrator. When the database
 * is away it is tried again in the background until it is done, so that services may start in any order.
 */
export class Preparation {
  readonly #work: () => Promise<void>;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #retrying: Promise<void> = Promise.resolve();
  #done = false;
  /** What was last complained of. */
  #reason: string | undefined;

  constructor(work: () => Promise<void>, log: Log) {
    this.#work = work;
    this.#log = log;
  }

  /** Does the work, or goes on trying after this has resolved. @throws whatever is not an UnavailableError */
  async start(): Promise<void> {
    try {
      await this.#attempt();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.#complain(error);
      this.#retrying = this.#retry();
    }
  }

  /** For readiness: fails until the work is done. */
  check(): Promise<void> {
    return this.#done ? Promise.resolve() : Promise.reject(new Error('the service is not prepared yet'));
  }

  /** Gives up; resolves when an attempt under way is over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#retrying;
  }

  async #retry(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 0; !this.#done; attempt += 1) {
      await sleep(WAITS_MS[attempt] ?? LONGEST_WAIT_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#attempt();
        this.#log.info('the user store answers; prepared');
      } catch (error) {
        this.#complain(error);
      }
    }
  }

  async #attempt(): Promise<void> {
    await this.#work();
    this.#done = true;
  }

  /** Whatever the reason, the operator may mend it while the service runs. Said once, until it is another one. */
  #complain(error: unknown): void {
    const cause = innermost(error);
    const about = { code: codeOf(error), reason: cause instanceof Error ? cause.message : String(cause) };
    const isNew = about.reason !== this.#reason;
    this.#reason = about.reason;
    if (isNew) this.#log.warn(about, 'the user store cannot be used yet; trying again');
    else this.#log.debug(about, 'the user store still cannot be used');
  }
}

function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error;
}

/** The code of the innermost cause that has one, such as ECONNREFUSED or ER_ACCESS_DENIED_ERROR. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return codeOf(error.cause) ?? ('code' in error ? error.code : undefined);
}
