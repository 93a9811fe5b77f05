import { z } from 'zod';
import { email } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { findUser, noSuchUser } from '../../find-user.ts';

export const disableUser = defineCommand({
  syntax: 'disable <email>',
  summary: 'let somebody in no more; tokens in use end within 5 seconds',
  args: z.object({ email }),
  run: async (ports, args, out) => {
    const users = await ports.users();
    const { id } = await findUser(users, args.email);
    if (!(await users.setDisabled(id, true))) throw noSuchUser(args.email);
    out.result({ id, email: args.email, disabled: true }, () => `disabled ${args.email}`);
  },
});
