import { HttpProblem } from '@clipscribe/runtime';

/** Turns passwords into hashes that are slow to guess. Passwords have at most 72 bytes of UTF-8. */
export interface PasswordHasher {
  /** @throws HttpProblem BUSY when too many wait already. */
  hash: (password: string) => Promise<string>;
  /**
   * `null` stands for the hash of a user who does not exist: it takes as long as any other, and is false. So does a
   * wrong password, however old the hash is.
   * @throws HttpProblem BUSY when too many wait already.
   */
  matches: (password: string, hash: string | null) => Promise<boolean>;
  /** True for a hash that is cheaper to guess than those that are made now. */
  isOutdated: (hash: string) => boolean;
}

const RETRY_AFTER_SECONDS = 5;

/** What those are told whose password cannot be looked at soon. */
export function busy(): HttpProblem {
  return new HttpProblem('BUSY', 'Too many people are signing in. Try again in a few seconds.', {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}
