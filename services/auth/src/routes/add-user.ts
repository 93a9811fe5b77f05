import { newUserSchema, type AddedUser } from '@clipscribe/contracts';
import { HttpProblem, type Log } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';
import { createAccount, randomPassword, userView, type AccountDeps } from '../accounts.ts';
import { newEmailSchema } from '../emails.ts';
import { readJson } from '../read-json.ts';
import type { Authenticate } from '../sessions.ts';

const bodySchema = newUserSchema.extend({ email: newEmailSchema });

/** `POST /admin/users`: makes an account with a random password, which nobody is shown again. */
export function addUserRoute(admin: Authenticate, deps: AccountDeps & { log: Log }): RequestHandler {
  return async (req, res) => {
    const { user: by } = await admin(req.headers.authorization);
    const { email, role } = bodySchema.parse(await readJson(req, res));
    const password = randomPassword(email);
    const account = await createAccount(deps, { email, password, role });
    if (account === null) throw new HttpProblem('EMAIL_TAKEN', `There is an account of ${email} already.`);
    deps.log.info({ by: by.id, userId: account.id, role }, 'account added');
    const added: AddedUser = { ...userView({ ...account, email, role, disabled: false }), password };
    res.status(201).set('Cache-Control', 'no-store').json(added);
  };
}
