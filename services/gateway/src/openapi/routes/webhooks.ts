import {
  idSchema,
  newWebhookSchema,
  newWebhookViewSchema,
  webhookChangeSchema,
  webhookDeliveryListSchema,
  webhookDeliveryPageSchema,
  webhookDeliveryQuerySchema,
  webhookDeliverySchema,
  webhookListSchema,
  webhookSecretSchema,
  webhookViewSchema,
} from '@clipscribe/contracts';
import { z } from 'zod';
import { jobPath, jsonProblems, location, noStore } from '../common.ts';
import { exampleDelivery, exampleSecret, exampleWebhook } from '../examples.ts';
import { answer, jsonBody, type RouteDocs } from '../route-doc.ts';

const tag = 'Webhooks';
const access = 'token';
const path = z.object({ id: idSchema.describe('Of one of your webhooks.') });
const signer = z.object({
  id: z
    .union([idSchema, z.literal('upload')])
    .describe('Of one of your webhooks; `upload` for the `webhook` option of uploads.'),
});
const secret = { secret: exampleSecret, createdAt: exampleWebhook.createdAt };
const previous = { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', validUntil: '2026-02-01T09:30:00.000Z' };

export const webhookDocs: RouteDocs = {
  'GET /webhooks': {
    ...{ id: 'listWebhooks', tag, access, summary: 'Your webhooks' },
    answers: { 200: answer('All of them.', webhookListSchema, { webhooks: [exampleWebhook] }) },
  },
  'POST /webhooks': {
    ...{ id: 'addWebhook', tag, access, summary: 'Add a webhook' },
    body: jsonBody(newWebhookSchema, { url: exampleWebhook.url, events: exampleWebhook.events }),
    answers: {
      201: answer(
        'The webhook, with the secret that signs.',
        newWebhookViewSchema,
        { ...exampleWebhook, secret: exampleSecret },
        location.extend(noStore.shape),
      ),
    },
    problems: ['WEBHOOK_URL_REFUSED', 'TOO_MANY_WEBHOOKS', ...jsonProblems],
  },
  'GET /webhooks/:id': {
    ...{ id: 'getWebhook', tag, access, path, summary: 'One webhook' },
    answers: { 200: answer('The webhook.', webhookViewSchema, exampleWebhook) },
    problems: ['NOT_FOUND'],
  },
  'PATCH /webhooks/:id': {
    ...{ id: 'changeWebhook', tag, access, path, summary: 'Change a webhook' },
    body: jsonBody(webhookChangeSchema, { enabled: false }),
    answers: { 200: answer('As it is now.', webhookViewSchema, { ...exampleWebhook, enabled: false }) },
    problems: ['NOT_FOUND', 'WEBHOOK_URL_REFUSED', ...jsonProblems],
  },
  'DELETE /webhooks/:id': {
    ...{ id: 'removeWebhook', tag, access, path, summary: 'Remove a webhook' },
    description: 'What it was to be told is given up.',
    answers: { 204: { description: 'It is gone.' } },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
  'GET /webhooks/:id/secret': {
    ...{ id: 'getWebhookSecret', tag, access, path: signer, summary: 'The secret that signs' },
    answers: { 200: answer('The secret.', webhookSecretSchema, secret, noStore) },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
  'POST /webhooks/:id/rotate-secret': {
    ...{ id: 'rotateWebhookSecret', tag, access, path: signer, summary: 'Make a new secret' },
    description: 'The present one signs beside it for a day.',
    answers: { 200: answer('The new secret.', webhookSecretSchema, { ...secret, previous }, noStore) },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
  'GET /webhooks/:id/deliveries': {
    ...{ id: 'listDeliveries', tag, access, path, query: webhookDeliveryQuerySchema },
    summary: 'What a webhook was told, newest first',
    answers: {
      200: answer('A page of the log.', webhookDeliveryPageSchema, {
        ...{ deliveries: [exampleDelivery], nextCursor: null },
      }),
    },
    problems: ['NOT_FOUND', 'INVALID_INPUT'],
  },
  'GET /jobs/:id/webhooks': {
    ...{
      id: 'listJobDeliveries',
      tag,
      access,
      path: jobPath,
      summary: 'What was told of a job, newest first',
    },
    answers: { 200: answer('The log.', webhookDeliveryListSchema, { deliveries: [exampleDelivery] }) },
    problems: ['NOT_FOUND'],
  },
  'POST /jobs/:id/webhooks/:delivery/replay': {
    ...{ id: 'replayDelivery', tag, access, summary: 'Deliver once more' },
    path: jobPath.extend({ delivery: idSchema.describe('Of the job’s deliveries.') }),
    answers: {
      202: answer(
        'The delivery, under way again.',
        webhookDeliverySchema,
        { ...exampleDelivery, state: 'pending', links: { job: exampleDelivery.links.job } },
        location,
      ),
    },
    problems: ['NOT_FOUND', 'NOT_REPLAYABLE', 'STORAGE_FULL'],
  },
};
