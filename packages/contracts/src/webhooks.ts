import { z } from 'zod';

/** The ends of a run that a webhook may tell of, named by the state the job ends in. */
export const webhookEvents = ['job.succeeded', 'job.partial', 'job.failed', 'job.cancelled'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Longer addresses are refused: nothing needs them, and they are stored with every delivery. */
export const MAX_WEBHOOK_URL = 2048;

/** The form of an address; whether it may be called is decided when it is, after its name was looked up. */
export const webhookUrlSchema = z
  .string({ error: 'must be the address to call, such as https://example.org/hook' })
  .max(MAX_WEBHOOK_URL, { error: `must have at most ${String(MAX_WEBHOOK_URL)} characters` })
  .transform((text, context) => {
    const url = URL.parse(text.trim());
    if (url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.hash === '')
      return url.href;
    context.addIssue({
      code: 'custom',
      message: 'must be an http: or https: address without user, password or fragment',
    });
    return z.NEVER;
  })
  .meta({
    format: 'uri',
    description: 'With `http:` or `https:`, and without user, password and fragment.',
  });

const events = z
  .array(z.enum(webhookEvents, { error: `must be one of ${webhookEvents.join(', ')}` }))
  .min(1, { error: 'must name at least one event' })
  .transform((named) => webhookEvents.filter((event) => named.includes(event)));

/** Body of the request that adds an endpoint; it hears of everything when no events are named. */
export const newWebhookSchema = z
  .strictObject({
    url: webhookUrlSchema,
    events: events.default([...webhookEvents]).describe('All four when none are named.'),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'WebhookWanted' });

/** Body of the request that changes an endpoint; what is left out stays. */
export const webhookChangeSchema = z
  .strictObject({
    url: webhookUrlSchema.optional(),
    events: events.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'WebhookChange', description: 'What is left out stays.' });

/** Why an attempt to deliver failed, with a sentence for the owner. Stable: clients may switch on the codes. */
export const webhookErrors = {
  NOT_2XX: 'The receiver answered with a status other than 2xx.',
  REDIRECTED: 'The receiver answered with a redirect, which is not followed. Register the final address.',
  GONE: 'The receiver answered 410 Gone, so the webhook was switched off.',
  ANSWER_TOO_LARGE: 'The receiver answered with more than a receipt needs. Answer 204 without a body.',
  BAD_ANSWER: 'What the receiver answered is not HTTP.',
  TIMEOUT: 'The receiver did not answer in time. Answer first, then work.',
  NAME_UNRESOLVED: 'The name of the receiver could not be looked up.',
  ADDRESS_REFUSED: 'The name of the receiver leads to an address that this server does not call.',
  CONNECTION_FAILED: 'The receiver could not be reached, or it closed the connection.',
  TLS_FAILED: 'The certificate of the receiver could not be verified.',
  WEBHOOK_DELETED: 'The webhook was deleted before this could be delivered.',
  WEBHOOK_DISABLED: 'The webhook was switched off before this could be delivered.',
  WORKER_LOST: 'The sender was stopped while it was at this; the request may have arrived.',
  INTERNAL: 'Something went wrong on our side.',
} as const satisfies Record<string, string>;
export type WebhookError = keyof typeof webhookErrors;
