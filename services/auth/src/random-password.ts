import { randomBytes } from 'node:crypto';
import { passwordWeakness } from './passwords.ts';

/** 144 bits; 24 characters as base64url. */
const BYTES = 18;

/** A password that the rules allow this account: by chance one may contain a short address or the like. */
export function randomPassword(email: string): string {
  for (;;) {
    const password = randomBytes(BYTES).toString('base64url');
    if (passwordWeakness(password, email) === null) return password;
  }
}
