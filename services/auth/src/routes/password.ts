import { passwordBodySchema } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import type { RequestHandler } from 'express';
import { hashNewPassword, isPasswordOf } from '../credentials.ts';
import type { PasswordHasher } from '../password-hasher.ts';
import { readJson } from '../read-json.ts';
import { invalidToken, type Authenticate } from '../sessions.ts';

interface PasswordDeps {
  users: UserStore;
  hasher: PasswordHasher;
  clock: () => number;
  log: Log;
}

/** `POST /password`: sets a new password, and refuses every token given out before. */
export function passwordRoute(authenticate: Authenticate, deps: PasswordDeps): RequestHandler {
  const { users, hasher, clock, log } = deps;
  return async (req, res) => {
    const { user } = await authenticate(req.headers.authorization);
    const { currentPassword, newPassword } = passwordBodySchema.parse(await readJson(req, res));
    if (!(await isPasswordOf(user, currentPassword, hasher))) {
      throw new HttpProblem('WRONG_CREDENTIALS', 'The current password is wrong.');
    }
    const passwordHash = await hashNewPassword(newPassword, user.email, hasher);
    // Always a new value, also twice in a millisecond or with a clock that was set back.
    const validFrom = Math.max(clock(), user.tokensValidFrom + 1);
    if (!(await users.setPassword(user.id, passwordHash, validFrom))) throw invalidToken();
    log.info({ userId: user.id }, 'password changed');
    res.status(204).end();
  };
}
