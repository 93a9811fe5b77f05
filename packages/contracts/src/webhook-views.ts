import { z } from 'zod';
import { idSchema } from './ids.ts';
import { timeSchema } from './time-schema.ts';
import { jobViewSchema } from './job-views.ts';
import { webhookErrors, webhookEvents } from './webhooks.ts';

/** What is sent to a webhook: the job as `GET /jobs/<id>` gave it when its run ended, with complete links. */
export const webhookPayloadSchema = z
  .object({
    type: z.enum(webhookEvents),
    timestamp: timeSchema.describe('When the run ended.'),
    data: z.object({
      job: jobViewSchema.describe('As `GET /jobs/ID` gave it when its run ended, with complete links.'),
    }),
  })
  .meta({ id: 'WebhookPayload' });
export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

/** An endpoint as its owner sees it. Its secret is asked for by itself. */
export const webhookViewSchema = z
  .object({
    id: idSchema,
    url: z.string(),
    events: z.array(z.enum(webhookEvents)),
    enabled: z.boolean().describe('Switched off by an answer of 410, too.'),
    createdAt: timeSchema,
    links: z.object({ self: z.string(), secret: z.string(), deliveries: z.string() }),
  })
  .meta({ id: 'Webhook' });
export type WebhookView = z.infer<typeof webhookViewSchema>;
export const webhookListSchema = z.object({ webhooks: z.array(webhookViewSchema) }).meta({ id: 'Webhooks' });

/** The secret that signs, and the one that signs beside it for a day after a rotation. */
export const webhookSecretSchema = z
  .object({
    secret: z.string().describe('`whsec_` and the base64 form of the key.'),
    createdAt: timeSchema,
    previous: z
      .object({ secret: z.string(), validUntil: timeSchema })
      .optional()
      .describe('Signs beside the new one for a day after a rotation.'),
  })
  .meta({ id: 'WebhookSecret' });
export type WebhookSecretView = z.infer<typeof webhookSecretSchema>;

/** The answer to the request that adds an endpoint. */
export const newWebhookViewSchema = webhookViewSchema
  .extend({ secret: z.string() })
  .meta({ id: 'NewWebhook' });

const attempt = z.object({
  at: timeSchema,
  durationMs: z.int(),
  status: z.int().optional().describe('Absent when nothing was answered.'),
  error: z
    .object({ code: z.enum(Object.keys(webhookErrors) as [string, ...string[]]), reason: z.string() })
    .optional()
    .describe('Absent when the receiver has taken it.'),
});

/** One delivery with its log, the newest attempt first. */
export const webhookDeliverySchema = z
  .object({
    id: idSchema.describe('Sent as `webhook-id`, the same one in every attempt and replay.'),
    jobId: idSchema,
    webhookId: idSchema.nullable().describe('Null for the address that came with the upload.'),
    url: z.string(),
    event: z.enum(webhookEvents),
    run: z.int(),
    state: z.enum(['pending', 'delivered', 'failed']),
    createdAt: timeSchema,
    attemptCount: z.int(),
    attempts: z.array(attempt).describe('Of the newest ones, the newest first.'),
    nextAttemptAt: timeSchema.optional().describe('When it is tried again, at the earliest.'),
    links: z.object({
      job: z.string(),
      replay: z.string().optional().describe('Absent while it is under way.'),
    }),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDeliveryView = z.infer<typeof webhookDeliverySchema>;

/** Newest first. */
export const webhookDeliveryListSchema = z
  .object({ deliveries: z.array(webhookDeliverySchema) })
  .meta({ id: 'WebhookDeliveries', description: 'Newest first.' });

/** Newest first. A page may hold fewer than there are, even none; only a `nextCursor` of null ends the list. */
export const webhookDeliveryPageSchema = webhookDeliveryListSchema
  .extend({ nextCursor: z.string().nullable() })
  .meta({
    id: 'WebhookDeliveryPage',
    description:
      'Newest first. A page may hold fewer than there are, even none; only a `nextCursor` of null ends it.',
  });
export const webhookDeliveryQuerySchema = z.object({
  cursor: idSchema.optional().describe('The `nextCursor` of the page before.'),
});
