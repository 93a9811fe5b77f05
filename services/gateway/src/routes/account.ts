import { UnavailableError } from '@clipscribe/runtime';
import express, { Router, type Request, type RequestHandler } from 'express';
import type { ForwardedAnswer } from '../auth-client.ts';
import { authUnavailable } from '../authenticate.ts';
import type { RouteDeps } from '../gateway-deps.ts';

/** Whatever has to do with accounts is auth's business; the gateway only hands it on. */
const paths = ['/login', '/register', '/logout', '/password'];
const PASSED_ON = ['authorization', 'content-type', 'accept'] as const;

export function accountRoutes({ auth, authenticator }: RouteDeps): Router {
  const forward: RequestHandler = async (req, res) => {
    const answer = await ask(req);
    if (answer.status < 400) authenticator.forget(req);
    res.status(answer.status).set(answer.headers).send(answer.body);
  };

  async function ask(req: Request): Promise<ForwardedAnswer> {
    const headers: Record<string, string> = { 'x-forwarded-for': req.ip ?? '' };
    for (const name of PASSED_ON) {
      const value = req.get(name);
      if (value !== undefined) headers[name] = value;
    }
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    try {
      return await auth.forward({ method: req.method, path: req.path, headers, body });
    } catch (error) {
      throw error instanceof UnavailableError ? authUnavailable(error) : error;
    }
  }

  const router = Router({ caseSensitive: true, strict: true });
  router.post(paths, express.raw({ type: () => true, limit: 10_000, inflate: false }), forward);
  return router;
}
