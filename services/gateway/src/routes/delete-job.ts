import { jobFields } from '@clipscribe/contracts';
import { finishDeletion, startDeletion, transition } from '@clipscribe/job-protocol';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';

/** `DELETE /jobs/:id`: removes a job with all its files, also while it is being worked on. */
export function deleteJobRoute(deps: RouteDeps): Router {
  const router = Router();
  router.delete(
    '/jobs/:id',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      const deleting = await transition(deps, job.id, startDeletion);
      // From here on the job is gone for its owner; what cannot be removed now, the sweeper removes.
      if (deleting !== null) {
        await finishDeletion(deps, deleting).catch((error: unknown) => {
          deps.log.warn({ ...jobFields(job), err: error }, 'deletion not finished; the sweeper will go on');
        });
      }
      res.status(204).end();
    }),
  );
  return router;
}
