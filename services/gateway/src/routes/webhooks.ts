import { newId, newWebhookSchema } from '@clipscribe/contracts';
import { changeSettings, MAX_WEBHOOKS, type WebhookEndpoint } from '@clipscribe/owner-store';
import { HttpProblem } from '@clipscribe/runtime';
import { newSecret } from '@clipscribe/webhooks';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { readJson } from '../read-json.ts';
import { endpointView } from '../webhooks/endpoint-view.ts';
import { requireCallable } from '../webhooks/require-callable.ts';

/** `/webhooks`: `GET` lists the caller's, `POST` adds one. */
export function webhooksRoute({ owners, webhookRules, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/webhooks',
    authenticator.guard(async (_req, res, { userId }) => {
      const { webhooks } = await owners.get(userId);
      res.json({ webhooks: webhooks.map(endpointView) });
    }),
  );
  router.post(
    '/webhooks',
    authenticator.guard(async (req, res, { userId }) => {
      const wanted = newWebhookSchema.parse(await readJson(req, res));
      requireCallable(webhookRules, wanted.url);
      const now = Date.now();
      const secret = newSecret(now);
      const endpoint: WebhookEndpoint = { id: newId(), ...wanted, secrets: [secret], createdAt: now };
      await changeSettings(owners, userId, (settings) => {
        if (settings.webhooks.length >= MAX_WEBHOOKS) throw tooMany();
        return { ...settings, webhooks: [...settings.webhooks, endpoint] };
      });
      const view = { ...endpointView(endpoint), secret: secret.value };
      res.status(201).location(`/webhooks/${endpoint.id}`).set('Cache-Control', 'no-store').json(view);
    }),
  );
  return router;
}

function tooMany(): HttpProblem {
  const detail = `You have ${String(MAX_WEBHOOKS)} webhooks, which is as many as there may be. Delete one first.`;
  return new HttpProblem('TOO_MANY_WEBHOOKS', detail);
}
