import { registerBodySchema, type RegisterAnswer } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';
import { createAccount, type AccountDeps } from '../accounts.ts';
import { requireGoodPassword } from '../credentials.ts';
import { newEmailSchema } from '../emails.ts';
import { readJson } from '../read-json.ts';
import { requestNetwork } from '../request-network.ts';
import type { SignInGuard } from '../sign-in-guard.ts';

const bodySchema = registerBodySchema.extend({ email: newEmailSchema });

interface RegisterDeps extends AccountDeps {
  guard: SignInGuard;
  log: Log;
  registration: 'open' | 'closed';
}

/** `POST /register`: makes an account without special rights, where registration is open. */
export function registerRoute(deps: RegisterDeps): RequestHandler {
  const { guard, log, registration } = deps;
  return async (req, res) => {
    if (registration === 'closed') {
      throw new HttpProblem('REGISTRATION_CLOSED', 'Ask the operator of this server for an account.');
    }
    const { email, password } = bodySchema.parse(await readJson(req, res));
    // Who tries passwords until one is good enough has not asked for an account yet.
    requireGoodPassword(password, email);
    const network = requestNetwork(req);
    const account = await guard.attempt(network, async () => {
      await guard.countRegistration(network);
      return createAccount(deps, { email, password, role: 'user' });
    });
    if (account === null) {
      throw new HttpProblem('EMAIL_TAKEN', 'Sign in with POST /login, or register with another address.');
    }
    const answer: RegisterAnswer = { userId: account.id, email };
    log.info({ userId: account.id }, 'account registered');
    res.status(201).json(answer);
  };
}
