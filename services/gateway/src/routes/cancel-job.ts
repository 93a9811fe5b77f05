import { cancel, transition, workFilesOf } from '@clipscribe/job-protocol';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';

/** `POST /jobs/:id/cancel`: ends a job that is not over; work under way stops within seconds. */
export function cancelJobRoute(deps: RouteDeps): Router {
  const router = Router();
  router.post(
    '/jobs/:id/cancel',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      const cancelled = await transition(deps, job.id, cancel);
      if (cancelled === null) {
        throw new HttpProblem(
          'NOT_CANCELLABLE',
          `The job is ${job.state} already. DELETE /jobs/${job.id} removes it.`,
        );
      }
      for (const id of workFilesOf(job)) await deps.files.delete(id);
      res.json(jobView(cancelled));
    }),
  );
  return router;
}
