import { HttpProblem } from '@clipscribe/runtime';
import { Router, type RequestHandler } from 'express';
import { AccountCrowd } from '../account-crowd.ts';
import { askAuth } from '../ask-auth.ts';
import { authBody } from '../auth-body.ts';
import type { RouteDeps } from '../gateway-deps.ts';

/** Whatever has to do with accounts is auth's business; the gateway only hands it on. */
const paths = ['/login', '/register', '/logout', '/password'] as const;
const TOO_MANY_REQUESTS = 429;

export function accountRoutes({ auth, authenticator }: RouteDeps): Router {
  const crowd = new AccountCrowd();

  function forwardTo(path: (typeof paths)[number]): RequestHandler {
    return async (req, res) => {
      try {
        await crowd.admit(req.ip ?? '', async () => {
          const answer = await askAuth(auth, req, { method: req.method, path });
          if (answer.status < 400) authenticator.forget(req);
          if (answer.status === TOO_MANY_REQUESTS) await crowd.delay(res);
          res.status(answer.status).set(answer.headers).send(answer.body);
        });
      } catch (error) {
        if (error instanceof HttpProblem && error.status === TOO_MANY_REQUESTS) await crowd.delay(res);
        throw error;
      }
    };
  }

  const router = Router({ caseSensitive: true, strict: true });
  for (const path of paths) router.post(path, authBody, forwardTo(path));
  return router;
}
