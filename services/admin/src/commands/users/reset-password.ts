import { changePassword } from '@clipscribe/auth/accounts';
import { z } from 'zod';
import { email } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { findUser, noSuchUser } from '../../find-user.ts';
import { choosePassword, passwordArguments, passwordLine, passwordOptions } from '../../new-password.ts';

export const resetPassword = defineCommand({
  syntax: 'reset-password <email>',
  summary: 'set a new password, random unless one is given; tokens in use end within 5 seconds',
  options: passwordOptions,
  args: z.object({ email, ...passwordArguments }),
  run: async (ports, args, out) => {
    const users = await ports.users();
    const user = await findUser(users, args.email);
    const password = await choosePassword(ports, user.email, args);
    const deps = { users, hasher: await ports.hasher(), clock: ports.clock };
    if (!(await changePassword(deps, user, password.value))) throw noSuchUser(args.email);
    const shown = password.isRandom ? { password: password.value } : {};
    out.result({ id: user.id, email: user.email, ...shown }, () => {
      return `new password set for ${user.email}${passwordLine(password)}`;
    });
    if (user.disabled) out.note(`${user.email} is disabled; "users enable ${user.email}" lets them in again`);
  },
});
