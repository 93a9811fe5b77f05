import { passwordBodySchema } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';
import { changePassword, type AccountDeps } from '../accounts.ts';
import { readJson } from '../read-json.ts';
import { requestNetwork } from '../request-network.ts';
import { invalidToken, type Authenticate } from '../sessions.ts';
import type { SignInGuard } from '../sign-in-guard.ts';

interface PasswordDeps extends AccountDeps {
  guard: SignInGuard;
  log: Log;
}

/** `POST /password`: sets a new password, and refuses every token given out before. */
export function passwordRoute(authenticate: Authenticate, deps: PasswordDeps): RequestHandler {
  const { guard, log } = deps;
  return async (req, res) => {
    const { user } = await authenticate(req.headers.authorization);
    const { currentPassword, newPassword } = passwordBodySchema.parse(await readJson(req, res));
    const network = requestNetwork(req);
    await guard.attempt(network, async () => {
      if (!(await guard.isRight({ user, email: user.email, password: currentPassword, network }))) {
        throw new HttpProblem('WRONG_CREDENTIALS', 'The current password is wrong.');
      }
      if (!(await changePassword(deps, user, newPassword))) throw invalidToken();
    });
    log.info({ userId: user.id }, 'password changed');
    res.status(204).end();
  };
}
