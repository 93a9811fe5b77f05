import { isId, visibleStates } from '@clipscribe/contracts';
import type { ListOptions } from '@clipscribe/job-store';
import { variable } from '@clipscribe/runtime';
import { Option } from 'commander';
import { z } from 'zod';
import { table } from '@clipscribe/terminal';
import { email, limit, limitOption } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { findUser } from '../../find-user.ts';
import { jobSummary } from '../../job-views.ts';
import { iso } from '../../output.ts';
import { ownerEmails } from '../../owner-emails.ts';

export const listJobs = defineCommand({
  syntax: 'list',
  summary: 'list them, the newest first',
  options: [
    new Option('--state <state>', `only these: ${visibleStates.join(', ')}`),
    new Option('--owner <email>', 'only those of this user'),
    limitOption,
    new Option('--cursor <id>', 'go on after this job, the last one of an earlier list'),
  ],
  args: z.object({
    state: variable.oneOf(visibleStates).optional(),
    owner: email.optional(),
    limit,
    cursor: z.string().refine(isId, { error: 'must be the id of a job' }).optional(),
  }),
  run: async (ports, { owner, state, cursor, limit: most }, out) => {
    const users = await ports.users();
    // One more than wanted tells whether there are more.
    const options: ListOptions = {
      limit: most + 1,
      ...(owner === undefined ? {} : { ownerId: (await findUser(users, owner)).id }),
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const found = await (await ports.jobs()).list(options);
    const jobs = found.slice(0, most);
    const emailOf = await ownerEmails(users, jobs);
    const nextCursor = found.length > most ? (jobs.at(-1)?.id ?? null) : null;
    out.result({ jobs: jobs.map((job) => jobSummary(job, emailOf(job))), nextCursor }, () => {
      if (jobs.length === 0) return 'no jobs';
      return table(
        ['ID', 'STATE', 'CREATED', 'OWNER', 'ERROR', 'FILE'],
        jobs.map((job) => [
          job.id,
          job.state,
          iso(job.createdAt),
          emailOf(job),
          job.error?.code ?? '-',
          job.source.name,
        ]),
      );
    });
    if (nextCursor !== null) out.note(`there are more; go on with --cursor ${nextCursor}`);
  },
});
