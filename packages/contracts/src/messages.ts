import { z } from 'zod';
import { idSchema } from './ids.ts';

/** The queues, named as in the seed: `video` in, `transcribe` per chunk, `mp3` to tell the owner, `webhook` to tell programs. */
export const queueNames = ['video', 'transcribe', 'mp3', 'webhook'] as const;
export type QueueName = (typeof queueNames)[number];

const common = {
  /** Version of the message form; a consumer dead-letters a version that it does not know. */
  v: z.literal(1),
  jobId: idSchema,
  /** W3C trace context of the job, for logs and tools; the worker goes by that of the job itself. */
  traceparent: z.string().max(64).optional(),
};

/** The form of a message on each queue. A message is a hint to look at the job: the job store is the truth. */
export const messageSchemas = {
  video: z.object(common),
  transcribe: z.object({ ...common, chunk: z.int().min(0) }),
  mp3: z.object({
    ...common,
    audioFileId: idSchema.nullable(),
    transcriptFileId: idSchema.nullable(),
    outcome: z.enum(['ready', 'failed']),
  }),
  /** Without a delivery: it is to be found out whom to tell. */
  webhook: z.object({ ...common, delivery: idSchema.optional() }),
} as const satisfies Record<QueueName, z.ZodType>;

export type Message<Q extends QueueName> = z.infer<(typeof messageSchemas)[Q]>;

/** Parses a message body, or returns null for what no consumer could handle (poison). */
export function parseMessage<Q extends QueueName>(queue: Q, body: string): Message<Q> | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = messageSchemas[queue].safeParse(value);
  // The table maps each queue to its own schema, which TypeScript cannot follow through a type parameter.
  return parsed.success ? (parsed.data as Message<Q>) : null;
}
