import { idSchema, type ProblemCode } from '@clipscribe/contracts';
import { z } from 'zod';

export const jobPath = z.object({ id: idSchema.describe('Of one of your jobs.') });

export const location = z.object({ Location: z.string().describe('The path of what was made.') });

export const noStore = z.object({ 'Cache-Control': z.literal('no-store') });

export const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .describe(
      'Asked again with the same key and the same content, the answer is that of the first time. A UUID will do.',
    ),
});

/** Of every body of JSON that is read. */
export const jsonProblems: readonly ProblemCode[] = [
  ...(['INVALID_JSON', 'INVALID_INPUT', 'BAD_REQUEST', 'TOO_LARGE'] as const),
  ...(['UNSUPPORTED_TYPE', 'REQUEST_TIMEOUT', 'STORAGE_FULL'] as const),
];

/** Of whatever takes of the limits of its owner. */
export const quotaProblems: readonly ProblemCode[] = [
  ...(['STORAGE_QUOTA_EXCEEDED', 'MINUTES_USED_UP', 'TOO_MANY_JOBS', 'STORAGE_FULL'] as const),
];
