import { Router } from 'express';
import { closeUnread } from '../close-unread.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';
import { readTranscriptOptions } from '../transcripts/read-transcript-options.ts';
import { startTranscript } from '../transcripts/start-transcript.ts';
import { versionViews } from '../transcripts/transcript-view.ts';

/** `/jobs/:id/transcripts`: `GET` lists the versions of the transcript, `POST` has a new one made. */
export function transcriptsRoute(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/transcripts',
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      res.json({ transcripts: versionViews(job) });
    }),
  );
  router.post(
    '/jobs/:id/transcripts',
    closeUnread,
    deps.authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(deps.jobs, principal, req.params['id']);
      const options = await readTranscriptOptions(req, res, deps.limits.stallMs);
      const request = { options, idempotencyKey: idempotencyKey(req) };
      const started = await startTranscript(deps, principal, job, request);
      res.status(202).location(`/jobs/${job.id}`).json(jobView(started));
    }),
  );
  return router;
}
