import type { ResetPassword } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';
import { changePassword, randomPassword, type AccountDeps } from '../accounts.ts';
import { findAccount, noSuchAccount } from '../admin-only.ts';
import type { Authenticate } from '../sessions.ts';

/** `POST /admin/users/ID/reset-password`: sets a random password, and refuses every token given out before. */
export function resetPasswordRoute(admin: Authenticate, deps: AccountDeps & { log: Log }): RequestHandler {
  return async (req, res) => {
    const { user: by } = await admin(req.headers.authorization);
    const user = await findAccount(deps.users, req.params['id']);
    if (user.id === by.id) throw new HttpProblem('OWN_ACCOUNT', 'Change your own with POST /password.');
    const reset: ResetPassword = { password: randomPassword(user.email) };
    if (!(await changePassword(deps, user, reset.password))) throw noSuchAccount();
    deps.log.info({ by: by.id, userId: user.id }, 'password reset');
    res.set('Cache-Control', 'no-store').json(reset);
  };
}
