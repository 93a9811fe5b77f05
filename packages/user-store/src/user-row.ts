import { roles } from '@clipscribe/contracts';
import { z } from 'zod';
import type { User } from './user-store.ts';

const rowSchema = z.object({
  id: z.string(),
  email: z.string(),
  password_hash: z.string(),
  role: z.enum(roles),
  disabled: z.int(),
  created_at: z.int(),
  tokens_valid_from: z.int(),
});

/** A row of the table `users`, which has the same columns in every SQL database, as an account. */
export function toUser(row: unknown): User {
  const { password_hash, created_at, tokens_valid_from, disabled, ...same } = rowSchema.parse(row);
  return {
    ...same,
    passwordHash: password_hash,
    disabled: disabled === 1,
    createdAt: created_at,
    tokensValidFrom: tokens_valid_from,
  };
}
