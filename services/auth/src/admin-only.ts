import { isId } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import type { User, UserStore } from '@clipscribe/user-store';
import type { Authenticate } from './sessions.ts';

/** Lets administrators through; for everybody else there is nothing here. @throws HttpProblem as `authenticate`, NOT_FOUND */
export function adminOnly(authenticate: Authenticate): Authenticate {
  return async (authorization) => {
    const session = await authenticate(authorization);
    if (session.user.role !== 'admin') throw new HttpProblem('NOT_FOUND', 'This is for administrators.');
    return session;
  };
}

/** The account that a path names. @throws HttpProblem NOT_FOUND */
export async function findAccount(users: UserStore, id: string | string[] | undefined): Promise<User> {
  const user = typeof id === 'string' && isId(id) ? await users.findById(id) : null;
  if (user === null) throw noSuchAccount();
  return user;
}

export function noSuchAccount(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'There is no account with this id. GET /admin/users lists them.');
}
