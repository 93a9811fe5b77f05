import { HttpProblem } from '@clipscribe/runtime';
import { Router, type Request, type RequestHandler } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { acceptUpload } from '../upload/accept-upload.ts';
import { ClientGoneError, refuseTooLarge } from '../upload/read-body.ts';
import { IncomingUpload } from '../upload/receive-files.ts';

/** So long the rest of a refused upload is read and thrown away, for the client to see the answer. */
const LINGER_MS = 5000;

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
        const received = await upload.receive(req);
        const jobs = await acceptUpload(deps, principal, upload, received, key);
        res
          .status(202)
          .location(`/jobs/${jobs[0]?.id ?? ''}`)
          .json({ jobs: jobs.map(jobView) });
      } catch (error) {
        if (!(error instanceof ClientGoneError)) throw error;
        deps.log.info({ userId: principal.userId }, 'upload given up by the client');
        res.destroy();
      }
    }),
  );
  return router;
}

function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new HttpProblem(
    'INVALID_INPUT',
    'An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.',
  );
}

/** An answer before the end of the upload: the connection is closed once the client had time to read it. */
const closeUnread: RequestHandler = (req, res, next) => {
  res.once('finish', () => {
    if (req.complete) return;
    // The reader of a refused upload may still listen, and with it nothing would flow.
    req.removeAllListeners('readable').resume();
    const timer = setTimeout(() => {
      req.destroy();
    }, LINGER_MS).unref(); // a client that leaves now gives no event that could clear it
    req.once('close', () => {
      clearTimeout(timer);
    });
  });
  next();
};
