import { newId } from '@clipscribe/contracts';
import type { NewUser } from '../src/user-store.ts';

/** A new account with an address of its own; nobody knows the password of its hash. */
export function sampleUser(changes: Partial<NewUser> = {}): NewUser {
  const id = newId();
  return {
    id,
    email: `user-${id}@example.org`,
    passwordHash: `$2b$10$${'x'.repeat(53)}`,
    role: 'user',
    createdAt: 1_700_000_000_123,
    ...changes,
  };
}
