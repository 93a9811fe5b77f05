import { z } from 'zod';
import { idSchema } from './ids.ts';

export const roles = ['user', 'admin'] as const;
export type Role = (typeof roles)[number];

const email = { error: 'must be an e-mail address such as ada@example.org' };

/**
 * The longest name before the `@` (RFC 5321, section 4.5.3.1.1), and labels of a domain, which do not end with a hyphen
 * (RFC 1035, sections 2.3.1 and 2.3.4).
 */
const parts = /^[^@]{1,64}@([^.]{0,62}[^.-]\.)*[^.]{1,63}$/;

/** A plain address: no comments, no CR or LF, no list. 254 is the longest path RFC 5321 allows. */
export const emailSchema = z
  .email(email)
  .max(254)
  .refine((address) => parts.test(address), email)
  .toLowerCase();

/** bcrypt reads no further than 72 bytes, so a longer password would be cut in silence. */
export const passwordBytes = { minCharacters: 12, maxBytes: 72 } as const;

const { minCharacters, maxBytes } = passwordBytes;
const newPassword = z
  .string()
  .max(1024)
  .describe(
    `${minCharacters} characters to ${maxBytes} bytes; neither a common one nor one with your address in it.`,
  );

export const loginBodySchema = z
  .strictObject({ email: z.string().max(254), password: z.string().max(1024) })
  .meta({ id: 'Credentials' });
export const registerBodySchema = z
  .strictObject({ email: emailSchema, password: newPassword })
  .meta({ id: 'Registration' });
export const passwordBodySchema = z
  .strictObject({ currentPassword: z.string().max(1024), newPassword })
  .meta({ id: 'PasswordChange' });

/** `POST /login` with `Accept: application/json`; otherwise the answer is the token as plain text. */
export const loginAnswerSchema = z
  .object({
    token: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds until the token expires.'),
  })
  .meta({ id: 'Login' });

/** `POST /register`: the new account. */
export const registerAnswerSchema = z.object({ userId: idSchema, email: z.string() }).meta({ id: 'Account' });
export type RegisterAnswer = z.infer<typeof registerAnswerSchema>;

/** Who is asking: the answer of auth's `POST /validate`. */
export const principalSchema = z.object({ userId: idSchema, email: z.string(), role: z.enum(roles) });
export type Principal = z.infer<typeof principalSchema>;

const mail = {
  ready: z.boolean().describe('Mails about jobs that are done.'),
  failed: z.boolean().describe('Mails about jobs that failed.'),
};
const most = z.number().nullable();

/** `GET /me`. A limit that is null is none; what is used counts uploads under way. */
export const meSchema = principalSchema
  .extend({
    mail: z.object(mail).describe('Which mails the user wants.'),
    limits: z
      .object({
        storedBytes: most.describe('Bytes of all files that are kept.'),
        minutesPerDay: most.describe('Minutes of recordings in any 24 hours.'),
        jobsAtOnce: most.describe('Jobs that have not ended, uploads included.'),
        uploadBytes: z.int().describe('Bytes of one upload.'),
        filesPerUpload: z.int().describe('Files of one upload.'),
      })
      .describe('A limit that is null is none.'),
    used: z
      .object({ storedBytes: z.int(), minutesPerDay: z.number(), jobsAtOnce: z.int() })
      .describe('Uploads under way are counted.'),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;

/** Body of `PATCH /me`; what is left out stays. */
export const mePatchSchema = z
  .strictObject({ mail: z.strictObject(mail).partial().optional() })
  .meta({ id: 'MeChange', description: 'What is left out stays.' });

/** `GET /healthz`. */
export const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** `GET /readyz`. */
export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not ready']),
    checks: z
      .record(z.string(), z.enum(['ok', 'unavailable', 'timeout']))
      .describe('What it needs, by name, and whether that is there.'),
  })
  .meta({ id: 'Readiness' });
