import { visible } from '@clipscribe/terminal';
import { Option } from 'commander';
import { z } from 'zod';
import { badAnswer } from '../api/read-json.ts';
import { ids } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { actOnEach } from '../each-id.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Context } from '../context.ts';
import { getJob, jobPath } from '../jobs/api-jobs.ts';

export const deleteJobs = defineCommand({
  syntax: 'delete <ids...>',
  summary: 'delete jobs with all their files, for good',
  options: [new Option('-y, --yes', 'do not ask')],
  examples: [
    ['clipscribe delete 019aa5c3-0000-7000-8000-000000000000', 'asks first'],
    ['clipscribe jobs --quiet --state failed | xargs clipscribe delete --yes', 'all that failed'],
  ],
  args: z.object({ ids, yes: z.boolean().default(false) }),
  run: async (context, { ids: jobIds, yes }) => {
    if (!yes && !(await confirm(context, jobIds))) {
      context.out.note('nothing was deleted');
      return;
    }
    const { account } = context;
    await actOnEach(context, jobIds, 'deleted', async (id) => {
      const { status } = await account.send({ method: 'DELETE', path: jobPath(id) });
      // Another program says 200 to everything, and has deleted nothing.
      if (status !== 204) throw badAnswer(account.api.server);
    });
  },
});

async function confirm(context: Context, jobIds: readonly string[]): Promise<boolean> {
  const { prompt, account, out } = context;
  if (prompt === undefined) {
    const detail = 'there is no terminal to ask at whether to delete; --yes deletes without asking';
    throw new CliError('USAGE', detail, { exitCode: exitCodes.usage });
  }
  const names = await Promise.all(jobIds.map(async (id) => (await getJob(account, id)).source.name));
  const what = jobIds.length === 1 ? 'this job' : `these ${jobIds.length} jobs`;
  for (const [index, id] of jobIds.entries()) out.screen.err(`  ${id}  ${visible(names[index] ?? '')}\n`);
  return /^y(es)?$/i.test((await prompt.ask(`Delete ${what} with all files? [y/N] `)).trim());
}
