import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';

/** `GET /jobs/:id`: state, progress of both halves, reasons for failures, links. */
export function jobRoute({ jobs, retention, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id',
    authenticator.guard(async (req, res, principal) => {
      res.json(jobView(await loadJob(jobs, principal, req.params['id']), retention));
    }),
  );
  return router;
}
