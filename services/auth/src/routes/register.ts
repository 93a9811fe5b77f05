import { newId, registerBodySchema } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import type { RequestHandler } from 'express';
import { hashNewPassword } from '../credentials.ts';
import { newEmailSchema } from '../emails.ts';
import type { PasswordHasher } from '../password-hasher.ts';
import { readJson } from '../read-json.ts';

const bodySchema = registerBodySchema.extend({ email: newEmailSchema });

interface RegisterDeps {
  users: UserStore;
  hasher: PasswordHasher;
  clock: () => number;
  log: Log;
  registration: 'open' | 'closed';
}

/** `POST /register`: makes an account without special rights, where registration is open. */
export function registerRoute({ users, hasher, clock, log, registration }: RegisterDeps): RequestHandler {
  return async (req, res) => {
    if (registration === 'closed') {
      throw new HttpProblem('REGISTRATION_CLOSED', 'Ask the operator of this server for an account.');
    }
    const { email, password } = bodySchema.parse(await readJson(req, res));
    const passwordHash = await hashNewPassword(password, email, hasher);
    const userId = newId();
    if (!(await users.create({ id: userId, email, passwordHash, role: 'user', createdAt: clock() }))) {
      throw new HttpProblem('EMAIL_TAKEN', 'Sign in with POST /login, or register with another address.');
    }
    log.info({ userId }, 'account registered');
    res.status(201).json({ userId, email });
  };
}
