/** Turns passwords into hashes that are slow to guess. Passwords have at most 72 bytes of UTF-8. */
export interface PasswordHasher {
  /** @throws HttpProblem BUSY when too many wait already. */
  hash: (password: string) => Promise<string>;
  /**
   * `null` stands for the hash of a user who does not exist: it takes as long as any other, and is false.
   * @throws HttpProblem BUSY when too many wait already.
   */
  matches: (password: string, hash: string | null) => Promise<boolean>;
}
