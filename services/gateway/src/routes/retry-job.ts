import type { Job } from '@clipscribe/contracts';
import { inTrace, isFull, retry, transition } from '@clipscribe/job-protocol';
import { currentTraceparent, HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';
import { withRoomForJob } from '../quotas/with-room-for-job.ts';
import { sourceExpired, tooManyVersions } from '../transcripts/start-transcript.ts';

/** `POST /jobs/:id/retry`: runs a failed, partial or cancelled job once more. */
export function retryJobRoute(deps: RouteDeps): Router {
  const router = Router();
  router.post(
    '/jobs/:id/retry',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      if (retry(job, job.updatedAt) === null) throw refusal(job);
      const change = inTrace(retry, currentTraceparent());
      const retried = await withRoomForJob(deps, job.ownerId, () => transition(deps, job.id, change));
      if (retried === null) throw refusal(await loadJob(deps.jobs, principal, job.id));
      res.status(202).location(`/jobs/${job.id}`).json(jobView(retried));
    }),
  );
  return router;
}

function refusal(job: Job): HttpProblem {
  const isOver = job.state === 'failed' || job.state === 'partial' || job.state === 'cancelled';
  if (isOver && job.source.expiredAt !== undefined) return sourceExpired(job.source.expiredAt);
  if (job.state === 'partial' && isFull(job)) return tooManyVersions();
  const detail = `The job is ${job.state}. Only failed, partial or cancelled jobs can be retried.`;
  return new HttpProblem('NOT_RETRYABLE', detail);
}
