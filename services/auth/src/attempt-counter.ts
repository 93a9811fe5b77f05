import { UnavailableError } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import { counted, freeAt, type AttemptLimit } from './attempt-limit.ts';
import { Turns } from './turns.ts';

/** Refusals that are remembered here, so that a flood is refused without asking the store. */
const MOST_REFUSALS = 10_000;

/** Other replicas may be quicker so often in a row; more than that is no accident. */
const MOST_TRIES = 50;

export type Attempt =
  | { isAllowed: true; at: number }
  /** `freeAt` in ms since the epoch; `isNew` once for each time that the limit is reached. */
  | { isAllowed: false; freeAt: number; isNew: boolean };

/** Counts attempts in the store that all replicas share. */
export class AttemptCounter {
  readonly #store: Pick<UserStore, 'attempts' | 'replaceAttempts'>;
  readonly #clock: () => number;
  readonly #turns = new Turns();
  readonly #refusedUntil = new Map<string, number>();

  /** `clock` gives ms since the epoch. */
  constructor(store: Pick<UserStore, 'attempts' | 'replaceAttempts'>, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Counts an attempt before it is made, so that many at the same time are not more than one by one. @throws UnavailableError */
  async take(key: string, limit: AttemptLimit): Promise<Attempt> {
    return this.#remembered(key) ?? this.#turns.take(key, () => this.#take(key, limit));
  }

  /** Takes back an attempt that could not be made. @throws UnavailableError */
  async giveBack(key: string, at: number, limit: AttemptLimit): Promise<void> {
    await this.#change(key, limit, (times) =>
      times.includes(at) ? times.toSpliced(times.lastIndexOf(at), 1) : null,
    );
  }

  /** Forgets every attempt under this key. @throws UnavailableError */
  async forget(key: string, limit: AttemptLimit): Promise<void> {
    await this.#change(key, limit, () => []);
  }

  async #take(key: string, limit: AttemptLimit): Promise<Attempt> {
    const remembered = this.#remembered(key);
    if (remembered !== null) return remembered;
    const at = this.#clock();
    const times = await this.#change(key, limit, (before) =>
      freeAt(before, limit) === null ? [...before, at] : null,
    );
    const free = freeAt(times, limit);
    if (free === null) return { isAllowed: true, at };
    this.#remember(key, free);
    return { isAllowed: false, freeAt: free, isNew: true };
  }

  /** Gives the counted times as they were before; null for `change` leaves them so. */
  async #change(
    key: string,
    limit: AttemptLimit,
    change: (times: readonly number[]) => readonly number[] | null,
  ): Promise<number[]> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const now = this.#clock();
      const before = await this.#store.attempts(key);
      const times = counted(before, now, limit);
      const after = change(times);
      if (after === null || (before.length === 0 && after.length === 0)) return times;
      if (await this.#store.replaceAttempts(key, before, after, now + limit.windowMs)) return times;
    }
    throw new UnavailableError('user store', { cause: new Error('attempts are counted too fast') });
  }

  #remembered(key: string): Attempt | null {
    const until = this.#refusedUntil.get(key);
    if (until === undefined) return null;
    if (until > this.#clock()) return { isAllowed: false, freeAt: until, isNew: false };
    this.#refusedUntil.delete(key);
    return null;
  }

  #remember(key: string, until: number): void {
    const [oldest] = this.#refusedUntil.keys();
    if (this.#refusedUntil.size >= MOST_REFUSALS && oldest !== undefined) this.#refusedUntil.delete(oldest);
    this.#refusedUntil.set(key, until);
  }
}
