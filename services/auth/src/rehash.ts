import { HttpProblem, UnavailableError, type Log } from '@clipscribe/runtime';
import type { User, UserStore } from '@clipscribe/user-store';
import type { PasswordHasher } from './password-hasher.ts';
import { canonicalPassword } from './passwords.ts';

interface RehashOptions {
  users: Pick<UserStore, 'replaceHash'>;
  hasher: PasswordHasher;
  log: Log;
}

/** Brings hashes that are cheaper to guess than new ones up to date, when a login shows the password. */
export class Rehash {
  readonly #options: RehashOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: RehashOptions) {
    this.#options = options;
  }

  /** Begins it if it is needed, and lets nobody wait; when it fails, the next login tries again. `password` is the right one. */
  consider(user: User, password: string): void {
    if (!this.#options.hasher.isOutdated(user.passwordHash)) return;
    const running = this.#rehash(user, password).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #rehash({ id, passwordHash }: User, password: string): Promise<void> {
    const { users, hasher, log } = this.#options;
    try {
      const fresh = await hasher.hash(canonicalPassword(password));
      // Not if the password was changed meanwhile.
      if (await users.replaceHash(id, passwordHash, fresh)) log.info({ userId: id }, 'password hash renewed');
    } catch (error) {
      const isExpected = error instanceof UnavailableError || error instanceof HttpProblem;
      log[isExpected ? 'info' : 'error']({ err: error, userId: id }, 'password hash not renewed');
    }
  }
}
