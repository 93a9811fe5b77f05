import type { PasswordHasher } from '@clipscribe/auth/accounts';
import type { JobQueue } from '@clipscribe/job-queue';
import type { JobStore } from '@clipscribe/job-store';
import type { UserStore } from '@clipscribe/user-store';

/**
 * What commands work on. Each is opened at its first use, so that a command needs only the backing services it
 * is about.
 */
export interface AdminPorts {
  users: () => Promise<UserStore>;
  jobs: () => Promise<JobStore>;
  queue: () => Promise<JobQueue>;
  hasher: () => Promise<PasswordHasher>;
  /** All of standard input, as text. */
  readInput: () => Promise<string>;
  /** ms since the epoch. */
  clock: () => number;
}
