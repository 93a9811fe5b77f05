import { newId } from '@clipscribe/contracts';
import type { Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import { hashNewPassword } from './credentials.ts';
import { canonicalEmail } from './emails.ts';
import type { PasswordHasher } from './password-hasher.ts';

interface EnsureAdminOptions {
  users: UserStore;
  hasher: PasswordHasher;
  email: string;
  password: string;
  /** ms since the epoch. */
  clock: () => number;
  log: Log;
}

/**
 * Makes the first administrator; true when it did. An existing account is never changed: neither its password,
 * which its owner may have chosen since, nor its role.
 * @throws HttpProblem WEAK_PASSWORD
 */
export async function ensureAdmin(options: EnsureAdminOptions): Promise<boolean> {
  const { users, hasher, password, clock, log } = options;
  if (await users.hasRole('admin')) return false;
  const email = canonicalEmail(options.email);
  const passwordHash = await hashNewPassword(password, email, hasher);
  const userId = newId();
  const created = await users.create({ id: userId, email, passwordHash, role: 'admin', createdAt: clock() });
  if (created) log.info({ userId }, 'administrator created');
  // A second server that starts at the same time may have been quicker; that is fine.
  else if (!(await users.hasRole('admin')))
    log.error('ADMIN_EMAIL is the address of an ordinary account: no admin');
  return created;
}
