import type { Principal } from '@clipscribe/contracts';
import { changeSettings, type WebhookSecret } from '@clipscribe/owner-store';
import { rotated, uploadSecretsOf } from '@clipscribe/webhooks';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { secretView } from '../webhooks/endpoint-view.ts';
import { changeEndpoint, findEndpoint } from '../webhooks/own-endpoints.ts';

/** Stands in the place of an id for what signs the webhooks of single uploads. */
const UPLOADS = 'upload';

/**
 * `GET /webhooks/:id/secret` shows what signs, `POST /webhooks/:id/rotate-secret` makes a new one, beside which the
 * present one signs for a day. With the id `upload`: for the `webhook` option of uploads.
 */
export function webhookSecretRoutes({ owners, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/webhooks/:id/secret',
    authenticator.guard(async (req, res, principal) => {
      const now = Date.now();
      const secrets = await secretsOf(principal, req.params['id'], now);
      res.set('Cache-Control', 'no-store').json(secretView(secrets, now));
    }),
  );
  router.post(
    '/webhooks/:id/rotate-secret',
    authenticator.guard(async (req, res, principal) => {
      const now = Date.now();
      const secrets = await rotate(principal, req.params['id'], now);
      res.set('Cache-Control', 'no-store').json(secretView(secrets, now));
    }),
  );
  return router;

  async function secretsOf(principal: Principal, id: unknown, now: number): Promise<WebhookSecret[]> {
    if (id === UPLOADS) return uploadSecretsOf(owners, principal.userId, now);
    return (await findEndpoint(owners, principal, id)).secrets;
  }

  async function rotate(principal: Principal, id: unknown, now: number): Promise<WebhookSecret[]> {
    if (id !== UPLOADS) {
      const next = await changeEndpoint(owners, principal, id, (endpoint) => ({
        ...endpoint,
        secrets: rotated(endpoint.secrets, now),
      }));
      return next.secrets;
    }
    const settings = await changeSettings(owners, principal.userId, (current) => ({
      ...current,
      uploadSecrets: rotated(current.uploadSecrets, now),
    }));
    return settings.uploadSecrets;
  }
}
