import { webhookChangeSchema } from '@clipscribe/contracts';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { readJson } from '../read-json.ts';
import { endpointView } from '../webhooks/endpoint-view.ts';
import { changeEndpoint, findEndpoint } from '../webhooks/own-endpoints.ts';
import { requireCallable } from '../webhooks/require-callable.ts';

/** `/webhooks/:id`: `GET` shows one, `PATCH` changes it, `DELETE` removes it; what waits for it is given up. */
export function webhookRoute({ owners, webhookRules, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/webhooks/:id',
    authenticator.guard(async (req, res, principal) => {
      res.json(endpointView(await findEndpoint(owners, principal, req.params['id'])));
    }),
  );
  router.patch(
    '/webhooks/:id',
    authenticator.guard(async (req, res, principal) => {
      const { id } = await findEndpoint(owners, principal, req.params['id']);
      const { url, events, enabled } = webhookChangeSchema.parse(await readJson(req, res));
      if (url !== undefined) requireCallable(webhookRules, url);
      const changed = await changeEndpoint(owners, principal, id, (endpoint) => ({
        ...endpoint,
        url: url ?? endpoint.url,
        events: events ?? endpoint.events,
        enabled: enabled ?? endpoint.enabled,
      }));
      res.json(endpointView(changed));
    }),
  );
  router.delete(
    '/webhooks/:id',
    authenticator.guard(async (req, res, principal) => {
      await changeEndpoint(owners, principal, req.params['id'], () => null);
      res.status(204).end();
    }),
  );
  return router;
}
