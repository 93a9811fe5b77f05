import type { Role } from '@clipscribe/contracts';

/** An account. Times are ms since the epoch. */
export interface User {
  id: string;
  /** Lower case; the name to log in with and the address that mails go to. */
  email: string;
  /** bcrypt, as its usual 60-character text. */
  passwordHash: string;
  role: Role;
  disabled: boolean;
  createdAt: number;
  /** Tokens issued before this time are refused (set by a password change). */
  tokensValidFrom: number;
}

export interface NewUser {
  id: string;
  email: string;
  passwordHash: string;
  role: Role;
  createdAt: number;
}

export interface ListUsers {
  after?: string;
  limit: number;
  search?: string;
}

/**
 * Users, revoked tokens and counted attempts to sign in. Every method throws UnavailableError when the database cannot be reached;
 * nothing else is thrown for well-formed arguments.
 */
export interface UserStore {
  /** Adds an account, durably; false when the address is taken. */
  create: (user: NewUser) => Promise<boolean>;
  findByEmail: (email: string) => Promise<User | null>;
  findById: (id: string) => Promise<User | null>;
  /**
   * Accounts in the order of their making, after the given id: all, or those with `search` in their address, which is
   * lower case.
   */
  list: (options: ListUsers) => Promise<User[]>;
  /** Sets a new hash and refuses every token issued before `at`; false for an unknown id. */
  setPassword: (id: string, passwordHash: string, at: number) => Promise<boolean>;
  /**
   * Puts another hash of the same password in place of `oldHash`, and ends no token; false when the account has
   * another hash by now.
   */
  replaceHash: (id: string, oldHash: string, newHash: string) => Promise<boolean>;
  /** A disabled account can neither log in nor use its tokens; false for an unknown id. */
  setDisabled: (id: string, disabled: boolean) => Promise<boolean>;
  /** True once there is an account with this role. */
  hasRole: (role: Role) => Promise<boolean>;
  /** Refuses one token from now on; the record may be dropped after `expiresAt`. */
  revokeToken: (tokenId: string, expiresAt: number) => Promise<void>;
  isTokenRevoked: (tokenId: string) => Promise<boolean>;
  /** Forgets revocations of tokens that have expired before `now`; returns how many. */
  dropExpiredRevocations: (now: number) => Promise<number>;
  /** When the attempts were made that are counted under this key, ms since the epoch, oldest first. */
  attempts: (key: string) => Promise<number[]>;
  /**
   * Puts `after` in place of `before`, the list as it was read; false when somebody else was quicker. They differ, and
   * `after` may be dropped after `keepUntil`. A crash of the machine may lose the last changes.
   */
  replaceAttempts: (
    key: string,
    before: readonly number[],
    after: readonly number[],
    keepUntil: number,
  ) => Promise<boolean>;
  /** Forgets the lists that were to be kept until before `now`; returns how many. */
  dropOldAttempts: (now: number) => Promise<number>;
  /** Resolves when the database answers. */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}
