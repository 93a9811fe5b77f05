import { userPatchSchema } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import type { RequestHandler } from 'express';
import { findAccount, noSuchAccount } from '../admin-only.ts';
import { readJson } from '../read-json.ts';
import type { Authenticate } from '../sessions.ts';
import { userView } from '../user-view.ts';

/** `PATCH /admin/users/ID`: disables an account, whose tokens end within 5 seconds, or enables it again. */
export function changeUserRoute(
  admin: Authenticate,
  { users, log }: { users: UserStore; log: Log },
): RequestHandler {
  return async (req, res) => {
    const { user: by } = await admin(req.headers.authorization);
    const { disabled } = userPatchSchema.parse(await readJson(req, res));
    const user = await findAccount(users, req.params['id']);
    if (user.id === by.id) throw new HttpProblem('OWN_ACCOUNT', 'Ask another administrator to do this.');
    if (!(await users.setDisabled(user.id, disabled))) throw noSuchAccount();
    log.info({ by: by.id, userId: user.id, disabled }, 'account changed');
    res.set('Cache-Control', 'no-store').json(userView({ ...user, disabled }));
  };
}
