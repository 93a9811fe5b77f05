import { isFull, retry, transition } from '@clipscribe/job-protocol';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';
import { tooManyVersions } from '../transcripts/start-transcript.ts';

/** `POST /jobs/:id/retry`: runs a failed, partial or cancelled job once more. */
export function retryJobRoute(deps: RouteDeps): Router {
  const router = Router();
  router.post(
    '/jobs/:id/retry',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      const retried = await transition(deps, job.id, retry);
      if (retried === null) {
        if (job.state === 'partial' && isFull(job)) throw tooManyVersions();
        throw new HttpProblem(
          'NOT_RETRYABLE',
          `The job is ${job.state}. Only failed, partial or cancelled jobs can be retried.`,
        );
      }
      res.status(202).location(`/jobs/${job.id}`).json(jobView(retried));
    }),
  );
  return router;
}
