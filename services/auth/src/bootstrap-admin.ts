import type { Log } from '@clipscribe/runtime';
import { createAccount, type AccountDeps } from './accounts.ts';
import { canonicalEmail } from './emails.ts';

interface EnsureAdminOptions extends AccountDeps {
  email: string;
  password: string;
  log: Log;
}

/**
 * Makes the first administrator; true when it did. An existing account is never changed: neither its password,
 * which its owner may have chosen since, nor its role.
 * @throws HttpProblem WEAK_PASSWORD
 */
export async function ensureAdmin(options: EnsureAdminOptions): Promise<boolean> {
  const { users, password, log } = options;
  if (await users.hasRole('admin')) return false;
  const email = canonicalEmail(options.email);
  const account = await createAccount(options, { email, password, role: 'admin' });
  if (account !== null) log.info({ userId: account.id }, 'administrator created');
  // A second server that starts at the same time may have been quicker; that is fine.
  else if (!(await users.hasRole('admin')))
    log.error('ADMIN_EMAIL is the address of an ordinary account: no admin');
  return account !== null;
}
