import { meSchema, type Me } from '@clipscribe/contracts';
import { fields } from '@clipscribe/terminal';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { bytesText } from '../screen/units.ts';

export const whoami = defineCommand({
  syntax: 'whoami',
  summary: 'show who is logged in where, and what of the limits is used',
  examples: [['clipscribe whoami --json', 'for scripts; exit code 3 when nobody is logged in']],
  args: z.object({}),
  run: async ({ api, account, out }) => {
    const me = await account.json({ path: '/me' }, meSchema);
    out.result(
      { server: api.server, ...me },
      () => fields({ server: api.server, ...meFields(me) }),
      () => me.email,
    );
  },
});

function meFields({ email, role, limits, used, mail }: Me): Record<string, string> {
  const wanted = Object.entries(mail)
    .filter(([, isWanted]) => isWanted)
    .map(([kind]) => kind);
  return {
    email,
    role,
    stored: ofLimit(used.storedBytes, limits.storedBytes, bytesText),
    'minutes in 24 hours': ofLimit(used.minutesPerDay, limits.minutesPerDay, String),
    'jobs at once': ofLimit(used.jobsAtOnce, limits.jobsAtOnce, String),
    'largest upload': bytesText(limits.uploadBytes),
    mail: wanted.length === 0 ? 'none' : `when a job is ${wanted.join(' or ')}`,
  };
}

function ofLimit(used: number, limit: number | null, text: (value: number) => string): string {
  return limit === null ? `${text(used)}, no limit` : `${text(used)} of ${text(limit)}`;
}
