import { createAccount, newEmailSchema } from '@clipscribe/auth/accounts';
import type { Role } from '@clipscribe/contracts';
import { Option } from 'commander';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { CommandFailed } from '../../errors.ts';
import { choosePassword, passwordArguments, passwordLine, passwordOptions } from '../../new-password.ts';

export const addUser = defineCommand({
  syntax: 'add <email>',
  summary: 'make an account, with a random password unless one is given',
  options: [new Option('--admin', 'as an administrator, who sees the jobs of all'), ...passwordOptions],
  args: z.object({ email: newEmailSchema, admin: z.boolean().default(false), ...passwordArguments }),
  run: async (ports, args, out) => {
    const { email } = args;
    const role: Role = args.admin ? 'admin' : 'user';
    const password = await choosePassword(ports, email, args);
    const deps = { users: await ports.users(), hasher: await ports.hasher(), clock: ports.clock };
    const account = await createAccount(deps, { email, password: password.value, role });
    if (account === null) throw new CommandFailed(`${email}: there is such a user already`);
    const shown = password.isRandom ? { password: password.value } : {};
    out.result(
      { id: account.id, email, role, ...shown },
      () => `added ${email} as ${role}${passwordLine(password)}`,
    );
  },
});
