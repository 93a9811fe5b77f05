import type { Principal } from '@clipscribe/contracts';
import { Router } from 'express';
import { closeUnread } from '../close-unread.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import { jobView } from '../job-view.ts';
import { areLimited } from '../quotas/quotas.ts';
import { acceptUpload } from '../upload/accept-upload.ts';
import { ClientGoneError, refuseTooLarge } from '../upload/read-body.ts';
import { IncomingUpload } from '../upload/receive-files.ts';

/** `POST /upload`: one or more files as multipart/form-data, each of which becomes a job. */
export function uploadRoute(deps: RouteDeps): Router {
  const router = Router();
  router.post(
    '/upload',
    closeUnread,
    deps.authenticator.guard(async (req, res, principal) => {
      refuseTooLarge(req, deps.limits.maxUploadBytes);
      const key = idempotencyKey(req);
      const upload = new IncomingUpload(deps, principal);
      try {
        if (!(await isRepeated(deps, principal, key))) await upload.reserve(req);
        const received = await upload.receive(req);
        const jobs = await acceptUpload(deps, principal, upload, received, key);
        res
          .status(202)
          .location(`/jobs/${jobs[0]?.id ?? ''}`)
          .json({ jobs: jobs.map((job) => jobView(job)) });
      } catch (error) {
        if (!(error instanceof ClientGoneError)) throw error;
        deps.log.info({ userId: principal.userId }, 'upload given up by the client');
        res.destroy();
      }
    }),
  );
  return router;
}

/** Whoever asks again for what there is already takes nothing more by it. */
async function isRepeated(
  { jobs, quotas }: RouteDeps,
  { userId }: Principal,
  key?: string,
): Promise<boolean> {
  if (key === undefined || !areLimited(quotas)) return false;
  return (await jobs.findByIdempotencyKey(userId, key)).length > 0;
}
