import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';
import { setMediaCookie } from '../media-cookie.ts';

/** `POST /jobs/:id/media-cookie`: for an hour a browser's player and downloads of this job need no token. */
export function mediaCookieRoute({ jobs, authenticator }: RouteDeps): Router {
  const router = Router();
  router.post(
    '/jobs/:id/media-cookie',
    authenticator.guard(async (req, res, principal) => {
      const { id } = await loadJob(jobs, principal, req.params['id']);
      setMediaCookie(req, res, id, authenticator.tokenOf(req));
      res.set('Cache-Control', 'no-store').status(204).end();
    }),
  );
  return router;
}
