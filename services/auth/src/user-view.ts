import { iso, type UserView } from '@clipscribe/contracts';
import type { User } from '@clipscribe/user-store';

/** An account as administrators see it. */
export function userView({
  id,
  email,
  role,
  disabled,
  createdAt,
}: Omit<User, 'passwordHash' | 'tokensValidFrom'>): UserView {
  return { id, email, role, disabled, createdAt: iso(createdAt) };
}
