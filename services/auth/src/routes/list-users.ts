import { userListQuerySchema, type UserPage } from '@clipscribe/contracts';
import type { UserStore } from '@clipscribe/user-store';
import type { RequestHandler } from 'express';
import { canonicalEmail } from '../emails.ts';
import type { Authenticate } from '../sessions.ts';
import { userView } from '../user-view.ts';

/** `GET /admin/users`: all accounts, the oldest first, in pages. */
export function listUsersRoute(admin: Authenticate, { users }: { users: UserStore }): RequestHandler {
  return async (req, res) => {
    await admin(req.headers.authorization);
    const { limit, cursor, search } = userListQuerySchema.parse(req.query);
    // One more than wanted tells whether there are more.
    const found = await users.list({
      limit: limit + 1,
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(search === undefined ? {} : { search: canonicalEmail(search) }),
    });
    const shown = found.slice(0, limit);
    const nextCursor = found.length > limit ? (shown.at(-1)?.id ?? null) : null;
    const page: UserPage = { users: shown.map(userView), nextCursor };
    res.set('Cache-Control', 'no-store').json(page);
  };
}
