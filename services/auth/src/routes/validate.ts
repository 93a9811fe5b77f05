import type { Principal } from '@clipscribe/contracts';
import type { RequestHandler } from 'express';
import type { Authenticate } from '../sessions.ts';

/** `POST /validate`: who the bearer of the token is, if it is good at this moment. */
export function validateRoute(authenticate: Authenticate): RequestHandler {
  return async (req, res) => {
    const { user } = await authenticate(req.headers.authorization);
    const principal: Principal = { userId: user.id, email: user.email, role: user.role };
    res.set('Cache-Control', 'no-store').json(principal);
  };
}
