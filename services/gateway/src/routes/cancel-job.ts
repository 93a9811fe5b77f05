import { jobFields, type Job } from '@clipscribe/contracts';
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
      await removeWorkFiles(deps, job);
      res.json(jobView(cancelled, deps.retention));
    }),
  );
  return router;
}

/** The job is cancelled already; what cannot be removed now, the sweeper finds. */
async function removeWorkFiles({ files, log }: RouteDeps, job: Job): Promise<void> {
  try {
    for (const id of workFilesOf(job)) await files.delete(id);
  } catch (error) {
    log.warn({ ...jobFields(job), err: error }, 'files of a cancelled job left to the sweeper');
  }
}
