import { z } from 'zod';
import { jobViewSchema } from './http.ts';
import { idSchema } from './ids.ts';
import { webhookErrors, webhookEvents } from './webhooks.ts';

/** What is sent to a webhook: the job as `GET /jobs/<id>` gave it when its run ended, with complete links. */
export const webhookPayloadSchema = z.object({
  type: z.enum(webhookEvents),
  /** When the run ended. */
  timestamp: z.iso.datetime(),
  data: z.object({ job: jobViewSchema }),
});
export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

/** An endpoint as its owner sees it. Its secret is asked for by itself. */
export const webhookViewSchema = z.object({
  id: idSchema,
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  enabled: z.boolean(),
  createdAt: z.iso.datetime(),
  links: z.record(z.string(), z.string()),
});
export type WebhookView = z.infer<typeof webhookViewSchema>;
export const webhookListSchema = z.object({ webhooks: z.array(webhookViewSchema) });

/** The secret that signs, and the one that signs beside it for a day after a rotation. */
export const webhookSecretSchema = z.object({
  /** `whsec_` and the base64 form of the key. */
  secret: z.string(),
  createdAt: z.iso.datetime(),
  previous: z.object({ secret: z.string(), validUntil: z.iso.datetime() }).optional(),
});
export type WebhookSecretView = z.infer<typeof webhookSecretSchema>;

/** The answer to the request that adds an endpoint. */
export const newWebhookViewSchema = webhookViewSchema.extend({ secret: z.string() });

/** One delivery with its log, the newest attempt first. */
export const webhookDeliverySchema = z.object({
  id: idSchema,
  jobId: idSchema,
  /** Null for the address that came with the upload. */
  webhookId: idSchema.nullable(),
  url: z.string(),
  event: z.enum(webhookEvents),
  run: z.int(),
  state: z.enum(['pending', 'delivered', 'failed']),
  createdAt: z.iso.datetime(),
  attemptCount: z.int(),
  attempts: z.array(
    z.object({
      at: z.iso.datetime(),
      durationMs: z.int(),
      status: z.int().optional(),
      error: z
        .object({ code: z.enum(Object.keys(webhookErrors) as [string, ...string[]]), reason: z.string() })
        .optional(),
    }),
  ),
  /** When it is tried again, at the earliest. */
  nextAttemptAt: z.iso.datetime().optional(),
  links: z.record(z.string(), z.string()),
});
export type WebhookDeliveryView = z.infer<typeof webhookDeliverySchema>;

/** Newest first. */
export const webhookDeliveryListSchema = z.object({ deliveries: z.array(webhookDeliverySchema) });

/** Newest first. A page may hold fewer than there are, even none; only a `nextCursor` of null ends the list. */
export const webhookDeliveryPageSchema = webhookDeliveryListSchema.extend({
  nextCursor: z.string().nullable(),
});
export const webhookDeliveryQuerySchema = z.object({ cursor: idSchema.optional() });
