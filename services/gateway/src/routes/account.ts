import { HttpProblem, UnavailableError } from '@clipscribe/runtime';
import express, { Router, type Request, type RequestHandler } from 'express';
import { AccountCrowd } from '../account-crowd.ts';
import type { ForwardedAnswer } from '../auth-client.ts';
import { authUnavailable } from '../authenticate.ts';
import type { RouteDeps } from '../gateway-deps.ts';

/**
 * Whatever has to do with accounts is auth's business; the gateway only hands it on. Auth has more routes, which are
 * for the cluster alone: nothing but these paths, as they stand here, is ever asked for on behalf of a client.
 */
const paths = ['/login', '/register', '/logout', '/password'] as const;
const TOO_MANY_REQUESTS = 429;
const PASSED_ON = ['authorization', 'content-type', 'accept'] as const;

export function accountRoutes({ auth, authenticator }: RouteDeps): Router {
  const crowd = new AccountCrowd();

  function forwardTo(path: (typeof paths)[number]): RequestHandler {
    return async (req, res) => {
      try {
        await crowd.admit(req.ip ?? '', async () => {
          const answer = await ask(path, req);
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

  async function ask(path: string, req: Request): Promise<ForwardedAnswer> {
    const headers: Record<string, string> = { 'x-forwarded-for': req.ip ?? '' };
    for (const name of PASSED_ON) {
      const value = req.get(name);
      if (value !== undefined) headers[name] = value;
    }
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    try {
      return await auth.forward({ method: req.method, path, headers, body });
    } catch (error) {
      throw error instanceof UnavailableError ? authUnavailable(error) : error;
    }
  }

  const router = Router({ caseSensitive: true, strict: true });
  const body = express.raw({ type: () => true, limit: 10_000, inflate: false });
  for (const path of paths) router.post(path, body, forwardTo(path));
  return router;
}
