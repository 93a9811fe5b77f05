import type { UserStore } from '@clipscribe/user-store';
import type { RequestHandler } from 'express';
import type { Authenticate } from '../sessions.ts';

/** `POST /logout`: refuses this one token from now on. */
export function logoutRoute(authenticate: Authenticate, { users }: { users: UserStore }): RequestHandler {
  return async (req, res) => {
    const { token } = await authenticate(req.headers.authorization);
    await users.revokeToken(token.tokenId, token.expiresAt);
    res.status(204).end();
  };
}
