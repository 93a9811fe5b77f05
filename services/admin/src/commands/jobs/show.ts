import { z } from 'zod';
import { fields } from '@clipscribe/terminal';
import { defineCommand } from '../../command.ts';
import { CommandFailed } from '../../errors.ts';
import { findJob } from '../../find-job.ts';
import { jobDetails, jobFields } from '../../job-views.ts';

import { ownerEmails } from '../../owner-emails.ts';

export const showJob = defineCommand({
  syntax: 'show <id>',
  summary: 'show where one of them stands',
  args: z.object({ id: z.string() }),
  run: async (ports, { id }, out) => {
    const job = await findJob(await ports.jobs(), id);
    if (job === undefined) throw new CommandFailed(`${id}: there is no such job`);
    const owner = (await ownerEmails(await ports.users(), [job]))(job);
    out.result(jobDetails(job, owner), () => fields(jobFields(job, owner)));
  },
});
