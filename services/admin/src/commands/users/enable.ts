import { z } from 'zod';
import { email } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { findUser, noSuchUser } from '../../find-user.ts';

export const enableUser = defineCommand({
  syntax: 'enable <email>',
  summary: 'let somebody in again',
  args: z.object({ email }),
  run: async (ports, args, out) => {
    const users = await ports.users();
    const { id } = await findUser(users, args.email);
    if (!(await users.setDisabled(id, false))) throw noSuchUser(args.email);
    out.result({ id, email: args.email, disabled: false }, () => `enabled ${args.email}`);
  },
});
