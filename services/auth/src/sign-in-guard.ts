import { createHmac } from 'node:crypto';
import type { Log } from '@clipscribe/runtime';
import type { User, UserStore } from '@clipscribe/user-store';
import { AttemptCounter } from './attempt-counter.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import { isPasswordOf } from './credentials.ts';
import { busy, type PasswordHasher } from './password-hasher.ts';
import { tooManyFailures, tooManyFromHere, tooManyRegistrations } from './refusals.ts';
import { Turns } from './turns.ts';

export interface SignInLimits {
  /** Attempts of all kinds from one network: logins, registrations, changes of passwords. */
  fromNetwork: AttemptLimit;
  /** Wrong passwords for one account from one network. */
  failures: AttemptLimit;
  registrations: AttemptLimit;
}

interface GuardOptions {
  users: Pick<UserStore, 'attempts' | 'replaceAttempts'>;
  hasher: PasswordHasher;
  /** For the names under which attempts are counted, which thus tell nothing to a reader of the database. */
  key: Buffer;
  limits: SignInLimits;
  /** How long an attempt may wait for those of the same network before it, in ms. */
  longestWaitMs?: number;
  /** ms since the epoch. */
  clock: () => number;
  log: Log;
}

/** Somebody who claims to have an account. `network` is as `clientNetwork` gives it. */
export interface Claim {
  /** Null when there is no such account. */
  user: User | null;
  /** As `canonicalEmail` gives it. */
  email: string;
  password: string;
  network: string;
}

/** Who waited so long for the others of the same network has been given up by the gateway, or soon will be. */
const LONGEST_WAIT_MS = 1000;

/** Decides who may try a password, and how often, before the work of a hash is spent. */
export class SignInGuard {
  readonly #options: GuardOptions;
  readonly #counter: AttemptCounter;
  readonly #turns = new Turns();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#counter = new AttemptCounter(options.users, options.clock);
  }

  /**
   * Counts an attempt of a network, and makes it when those before it are done: one network has one hash at a time.
   * @throws HttpProblem TOO_MANY_LOGINS, BUSY; UnavailableError
   */
  async attempt<T>(network: string, work: () => Promise<T>): Promise<T> {
    const { limits, log, longestWaitMs = LONGEST_WAIT_MS } = this.#options;
    const attempt = await this.#counter.take(this.#name('network', network), limits.fromNetwork);
    if (!attempt.isAllowed) {
      if (attempt.isNew) log.warn({ network }, 'too many attempts to sign in');
      throw tooManyFromHere(this.#secondsUntil(attempt.freeAt));
    }
    return this.#turns.take(network, work, { longestWaitMs, tooLate: () => Promise.reject(busy()) });
  }

  /** Counts a new account. @throws HttpProblem TOO_MANY_REGISTRATIONS; UnavailableError */
  async countRegistration(network: string): Promise<void> {
    const { limits, log } = this.#options;
    const attempt = await this.#counter.take(this.#name('registration', network), limits.registrations);
    if (attempt.isAllowed) return;
    if (attempt.isNew) log.warn({ network }, 'too many registrations');
    throw tooManyRegistrations(this.#secondsUntil(attempt.freeAt));
  }

  /**
   * Whether the account may be used with this password. Counts failures, of unknown users too, and forgets them when
   * the password is right. Takes equally long for every reason to say no.
   * @throws HttpProblem TOO_MANY_LOGINS, BUSY; UnavailableError
   */
  async isRight({ user, email, password, network }: Claim): Promise<boolean> {
    const { limits, hasher, log } = this.#options;
    // A new password is a new start: who was locked out and had it reset need not wait.
    const name = this.#name('account', network, email, user?.tokensValidFrom ?? 0);
    const attempt = await this.#counter.take(name, limits.failures);
    if (!attempt.isAllowed) {
      if (attempt.isNew) log.warn({ network, userId: user?.id }, 'too many wrong passwords');
      throw tooManyFailures(this.#secondsUntil(attempt.freeAt));
    }
    const isRight = await isPasswordOf(user, password, hasher).catch(async (error: unknown) => {
      await this.#counter.giveBack(name, attempt.at, limits.failures);
      throw error;
    });
    if (user === null || user.disabled || !isRight) return false;
    await this.#counter.forget(name, limits.failures);
    return true;
  }

  #name(...parts: (string | number)[]): string {
    return createHmac('sha256', this.#options.key).update(JSON.stringify(parts)).digest('base64url');
  }

  #secondsUntil(time: number): number {
    return Math.max(1, Math.ceil((time - this.#options.clock()) / 1000));
  }
}
