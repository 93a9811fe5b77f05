import { clientNetwork, HttpProblem, sleep } from '@clipscribe/runtime';
import type { Response } from 'express';

/** Requests of one client that auth is asked to answer at the same time: as many logins as it allows in a minute. */
const MOST_AT_ONCE = 20;

/**
 * Who is refused for coming too often hears of it after so long, and so comes back no faster. It differs by as much
 * again, so that those who came together do not come back together.
 */
const REFUSAL_DELAY_MS = 1000;

/** More do not wait for their refusal: each of them costs a connection. */
const MOST_DELAYED = 1000;

const RETRY_AFTER_SECONDS = 5;

/** Keeps a client that floods the account routes from taking the time of others. */
export class AccountCrowd {
  readonly #present = new Map<string, number>();
  #delayed = 0;

  /**
   * Does the work unless too much of this client is under way.
   * @throws HttpProblem TOO_MANY_LOGINS
   */
  async admit(address: string, work: () => Promise<void>): Promise<void> {
    const client = clientNetwork(address) ?? address;
    const present = this.#present.get(client) ?? 0;
    if (present >= MOST_AT_ONCE) throw tooManyAtOnce();
    this.#present.set(client, present + 1);
    try {
      await work();
    } finally {
      const left = (this.#present.get(client) ?? 1) - 1;
      if (left > 0) this.#present.set(client, left);
      else this.#present.delete(client);
    }
  }

  /** Lets somebody wait for a refusal, as long as the connection lives. */
  async delay(res: Response): Promise<void> {
    if (this.#delayed >= MOST_DELAYED) return;
    const gone = new AbortController();
    const leave = (): void => {
      gone.abort();
    };
    res.once('close', leave);
    this.#delayed += 1;
    await sleep(REFUSAL_DELAY_MS * (1 + Math.random()), gone.signal);
    this.#delayed -= 1;
    res.off('close', leave);
  }
}

function tooManyAtOnce(): HttpProblem {
  const detail = 'Too many attempts to sign in came from your address at once. Try again in a few seconds.';
  return new HttpProblem('TOO_MANY_LOGINS', detail, {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}
