import { deliveryOf, replayWebhook, transition } from '@clipscribe/job-protocol';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';
import { deliveryView, deliveryViews } from '../webhooks/delivery-view.ts';

/** `GET /jobs/:id/webhooks` shows what was told of a job; `POST …/:delivery/replay` tells it once more. */
export function jobWebhooksRoutes(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/webhooks',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      res.json({ deliveries: deliveryViews(job) });
    }),
  );
  router.post(
    '/jobs/:id/webhooks/:delivery/replay',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      const id = String(req.params['delivery']);
      if (deliveryOf(job, id) === undefined) throw noSuchDelivery(job.id);
      const replayed = await transition(deps, job.id, replayWebhook(id));
      if (replayed === null)
        throw new HttpProblem(
          'NOT_REPLAYABLE',
          'This delivery is still under way; it is tried again by itself.',
        );
      const delivery = deliveryOf(replayed, id);
      if (delivery === undefined) throw noSuchDelivery(job.id);
      const [view] = deliveryView(replayed, delivery);
      res.status(202).location(`/jobs/${job.id}/webhooks`).json(view);
    }),
  );
  return router;
}

function noSuchDelivery(jobId: string): HttpProblem {
  const detail = `This job has no such delivery. GET /jobs/${jobId}/webhooks lists them.`;
  return new HttpProblem('NOT_FOUND', detail);
}
