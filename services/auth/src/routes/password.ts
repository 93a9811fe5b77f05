import { passwordBodySchema } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';
import { changePassword, type AccountDeps } from '../accounts.ts';
import { isPasswordOf } from '../credentials.ts';
import { readJson } from '../read-json.ts';
import { invalidToken, type Authenticate } from '../sessions.ts';

interface PasswordDeps extends AccountDeps {
  log: Log;
}

/** `POST /password`: sets a new password, and refuses every token given out before. */
export function passwordRoute(authenticate: Authenticate, deps: PasswordDeps): RequestHandler {
  const { hasher, log } = deps;
  return async (req, res) => {
    const { user } = await authenticate(req.headers.authorization);
    const { currentPassword, newPassword } = passwordBodySchema.parse(await readJson(req, res));
    if (!(await isPasswordOf(user, currentPassword, hasher))) {
      throw new HttpProblem('WRONG_CREDENTIALS', 'The current password is wrong.');
    }
    if (!(await changePassword(deps, user, newPassword))) throw invalidToken();
    log.info({ userId: user.id }, 'password changed');
    res.status(204).end();
  };
}
