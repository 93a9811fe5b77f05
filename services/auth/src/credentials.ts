import { HttpProblem } from '@clipscribe/runtime';
import type { User } from '@clipscribe/user-store';
import type { PasswordHasher } from './password-hasher.ts';
import { canonicalPassword, isTooLongForBcrypt, passwordWeakness } from './passwords.ts';

/**
 * Whether `password` is the user's. It takes equally long for an unknown user (null) and for a password that
 * is too long to be anybody's, so that the time says nothing.
 */
export async function isPasswordOf(
  user: User | null,
  password: string,
  hasher: PasswordHasher,
): Promise<boolean> {
  const hash = user === null || isTooLongForBcrypt(password) ? null : user.passwordHash;
  return hasher.matches(canonicalPassword(password), hash);
}

/** The hash of a new password. @throws HttpProblem WEAK_PASSWORD saying what to do, BUSY. */
export async function hashNewPassword(
  password: string,
  email: string,
  hasher: PasswordHasher,
): Promise<string> {
  requireGoodPassword(password, email);
  return hasher.hash(canonicalPassword(password));
}

/** @throws HttpProblem WEAK_PASSWORD saying what to do. */
export function requireGoodPassword(password: string, email: string): void {
  const weakness = passwordWeakness(password, email);
  if (weakness !== null) throw new HttpProblem('WEAK_PASSWORD', weakness);
}
