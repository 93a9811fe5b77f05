import { userView } from '@clipscribe/auth/accounts';
import type { User, UserStore } from '@clipscribe/user-store';
import { z } from 'zod';
import { table } from '@clipscribe/terminal';
import { defineCommand } from '../../command.ts';
import { iso } from '../../output.ts';

const PAGE = 500;

export const listUsers = defineCommand({
  syntax: 'list',
  summary: 'list all accounts, the oldest first',
  args: z.object({}),
  run: async (ports, _args, out) => {
    const users = await readAll(await ports.users());
    out.result({ users: users.map(userView) }, () => {
      if (users.length === 0) return 'no users';
      const rows = users.map((user) => [
        user.id,
        user.role,
        user.disabled ? 'disabled' : 'active',
        iso(user.createdAt),
        user.email,
      ]);
      return table(['ID', 'ROLE', 'STATE', 'CREATED', 'EMAIL'], rows);
    });
  },
});

async function readAll(store: UserStore): Promise<User[]> {
  const users: User[] = [];
  for (;;) {
    const last = users.at(-1);
    const page = await store.list({ limit: PAGE, ...(last === undefined ? {} : { after: last.id }) });
    users.push(...page);
    if (page.length < PAGE) return users;
  }
}
