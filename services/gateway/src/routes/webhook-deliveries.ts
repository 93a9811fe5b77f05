import { webhookDeliveryQuerySchema } from '@clipscribe/contracts';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { deliveryViews } from '../webhooks/delivery-view.ts';
import { findEndpoint } from '../webhooks/own-endpoints.ts';

/** Deliveries are kept in their jobs; a page is what was told of so many of these. */
const JOBS_A_PAGE = 100;

/** `GET /webhooks/:id/deliveries`: the log of one webhook, by jobs, the newest first. */
export function webhookDeliveriesRoute({ jobs, owners, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/webhooks/:id/deliveries',
    authenticator.guard(async (req, res, principal) => {
      const { cursor } = webhookDeliveryQuerySchema.parse(req.query);
      const { id } = await findEndpoint(owners, principal, req.params['id']);
      const page = await jobs.list({
        ownerId: principal.userId,
        limit: JOBS_A_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const nextCursor = page.length < JOBS_A_PAGE ? null : (page.at(-1)?.id ?? null);
      res.json({ deliveries: page.flatMap((job) => deliveryViews(job, id)), nextCursor });
    }),
  );
  return router;
}
