import type { User, UserStore } from '@clipscribe/user-store';
import { CommandFailed } from './errors.ts';

/** @throws CommandFailed when nobody has this address */
export async function findUser(users: UserStore, email: string): Promise<User> {
  const user = await users.findByEmail(email);
  if (user === null) throw noSuchUser(email);
  return user;
}

export function noSuchUser(email: string): CommandFailed {
  return new CommandFailed(`${email}: there is no such user`);
}
