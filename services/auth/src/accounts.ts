/** What can be done to accounts, by their owners and administrators over HTTP and by the operator's command line. */
import { newId, type Role } from '@clipscribe/contracts';
import type { User, UserStore } from '@clipscribe/user-store';
import { hashNewPassword } from './credentials.ts';
import type { PasswordHasher } from './password-hasher.ts';

export { canonicalEmail, newEmailSchema } from './emails.ts';
export { passwordWeakness } from './passwords.ts';
export { userView } from './user-view.ts';
export { randomPassword } from './random-password.ts';
export type { PasswordHasher } from './password-hasher.ts';

export interface AccountDeps {
  users: UserStore;
  hasher: PasswordHasher;
  /** ms since the epoch. */
  clock: () => number;
}

export interface NewAccount {
  id: string;
  /** ms since the epoch. */
  createdAt: number;
}

/**
 * Makes an account; null when the address is taken. `email` is one that `newEmailSchema` gave.
 * @throws HttpProblem WEAK_PASSWORD saying what to do, BUSY
 */
export async function createAccount(
  { users, hasher, clock }: AccountDeps,
  { email, password, role }: { email: string; password: string; role: Role },
): Promise<NewAccount | null> {
  const passwordHash = await hashNewPassword(password, email, hasher);
  const account = { id: newId(), createdAt: clock() };
  return (await users.create({ ...account, email, passwordHash, role })) ? account : null;
}

/**
 * Sets a new password, and refuses every token given out before; false when the account is gone.
 * @throws HttpProblem WEAK_PASSWORD saying what to do, BUSY
 */
export async function changePassword(
  { users, hasher, clock }: AccountDeps,
  user: User,
  newPassword: string,
): Promise<boolean> {
  const passwordHash = await hashNewPassword(newPassword, user.email, hasher);
  // Always a new value, also twice in a millisecond or with a clock that was set back.
  const validFrom = Math.max(clock(), user.tokensValidFrom + 1);
  return users.setPassword(user.id, passwordHash, validFrom);
}
