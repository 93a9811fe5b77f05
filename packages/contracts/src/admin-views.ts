import { z } from 'zod';
import { emailSchema, roles } from './http.ts';
import { idSchema } from './ids.ts';
import { queueNames } from './messages.ts';
import { timeSchema } from './time-schema.ts';

/** An account as administrators see it: nothing of its password. */
export const userViewSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    role: z.enum(roles),
    disabled: z.boolean().describe('Nobody is let in with a disabled account.'),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof userViewSchema>;

/** `GET /admin/users`. */
export const userListQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Accounts a page.'),
  cursor: idSchema.optional().describe('The `nextCursor` of the page before.'),
  search: z
    .string()
    .trim()
    .min(1)
    .max(254)
    .optional()
    .describe('Only accounts with this in their address, in any case.'),
});

export const userPageSchema = z
  .object({
    users: z.array(userViewSchema),
    nextCursor: idSchema.nullable().describe('For the next page; null after the last one.'),
  })
  .meta({ id: 'UserPage' });
export type UserPage = z.infer<typeof userPageSchema>;

/** Body of `POST /admin/users`. */
export const newUserSchema = z
  .strictObject({ email: emailSchema, role: z.enum(roles).default('user') })
  .meta({ id: 'NewUser' });

const randomPassword = z.string().describe('A random one, shown only this once.');

/** The answer of `POST /admin/users`. */
export const addedUserSchema = userViewSchema.extend({ password: randomPassword }).meta({ id: 'AddedUser' });
export type AddedUser = z.infer<typeof addedUserSchema>;

/** Body of `PATCH /admin/users/ID`. */
export const userPatchSchema = z.strictObject({ disabled: z.boolean() }).meta({ id: 'UserChange' });

/** The answer of `POST /admin/users/ID/reset-password`. */
export const resetPasswordSchema = z.object({ password: randomPassword }).meta({ id: 'ResetPassword' });
export type ResetPassword = z.infer<typeof resetPasswordSchema>;

/** Whatever the body of a dead letter is, no more of it is shown. */
export const SHOWN_BODY_CHARACTERS = 4000;

/** A message that nobody could handle. */
export const deadLetterViewSchema = z
  .object({
    id: z.string(),
    queue: z.enum(queueNames),
    jobId: idSchema.optional().describe('The job it is about, where that can be told.'),
    deadAt: timeSchema.optional().describe('Left out where the message does not say.'),
    reason: z.string(),
    body: z.string().describe(`The message, its first ${String(SHOWN_BODY_CHARACTERS)} characters.`),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.infer<typeof deadLetterViewSchema>;

/** `GET /admin/dead-letters`. */
export const deadLetterQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('At most so many.'),
  queue: z.enum(queueNames).optional().describe('Only those of this queue.'),
});

export const deadLetterListSchema = z
  .object({
    deadLetters: z.array(deadLetterViewSchema).describe('The oldest first.'),
    more: z.boolean().describe('Whether there are more than were asked for.'),
  })
  .meta({ id: 'DeadLetterList' });
export type DeadLetterList = z.infer<typeof deadLetterListSchema>;
