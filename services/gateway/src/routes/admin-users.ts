import { promisify } from 'node:util';
import { isId, userListQuerySchema } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import { Router, type Request, type Response } from 'express';
import { askAuth } from '../ask-auth.ts';
import { authBody } from '../auth-body.ts';
import type { RouteDeps } from '../gateway-deps.ts';

/** Only who is let in has a body read. */
const readBody = promisify<Request, Response>(authBody);

/** `/admin/users`: accounts, for administrators. Auth has them, and looks itself who asks. */
export function adminUsersRoutes({ auth, authenticator }: RouteDeps): Router {
  async function forward(method: string, path: string, req: Request, res: Response): Promise<void> {
    await readBody(req, res);
    const answer = await askAuth(auth, req, { method, path });
    res.status(answer.status).set(answer.headers).send(answer.body);
  }

  const router = Router({ caseSensitive: true, strict: true });
  router.get(
    '/admin/users',
    authenticator.guardAdmins(async (req, res) => {
      const { limit, cursor, search } = userListQuerySchema.parse(req.query);
      const query = new URLSearchParams({ limit: String(limit) });
      if (cursor !== undefined) query.set('cursor', cursor);
      if (search !== undefined) query.set('search', search);
      await forward('GET', `/admin/users?${query.toString()}`, req, res);
    }),
  );
  router.post(
    '/admin/users',
    authenticator.guardAdmins((req, res) => forward('POST', '/admin/users', req, res)),
  );
  router.patch(
    '/admin/users/:id',
    authenticator.guardAdmins((req, res) => forward('PATCH', `/admin/users/${idOf(req)}`, req, res)),
  );
  router.post(
    '/admin/users/:id/reset-password',
    authenticator.guardAdmins((req, res) =>
      forward('POST', `/admin/users/${idOf(req)}/reset-password`, req, res),
    ),
  );
  return router;
}

/** @throws HttpProblem NOT_FOUND for what is no id */
function idOf(req: Request): string {
  const id = req.params['id'];
  if (typeof id === 'string' && isId(id)) return id;
  throw new HttpProblem('NOT_FOUND', 'There is no account with this id. GET /admin/users lists them.');
}
