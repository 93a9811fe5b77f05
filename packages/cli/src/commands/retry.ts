import { jobViewSchema } from '@clipscribe/contracts';
import { z } from 'zod';
import { ids } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { actOnEach } from '../each-id.ts';
import { jobPath } from '../jobs/api-jobs.ts';

export const retry = defineCommand({
  syntax: 'retry <ids...>',
  summary: 'run jobs once more that failed, were cancelled or have their MP3 only',
  examples: [['clipscribe retry 019aa5c3-0000-7000-8000-000000000000', 'the file is still on the server']],
  args: z.object({ ids }),
  run: (context, args) =>
    actOnEach(context, args.ids, 'retried', (id) =>
      context.account.json({ method: 'POST', path: `${jobPath(id)}/retry` }, jobViewSchema),
    ),
});
