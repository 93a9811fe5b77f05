import { jobViewSchema } from '@clipscribe/contracts';
import { z } from 'zod';
import { ids } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { actOnEach } from '../each-id.ts';
import { jobPath } from '../jobs/api-jobs.ts';

export const cancel = defineCommand({
  syntax: 'cancel <ids...>',
  summary: 'end jobs that have not ended',
  examples: [['clipscribe jobs --quiet --state queued | xargs clipscribe cancel', 'all that wait']],
  args: z.object({ ids }),
  run: (context, args) =>
    actOnEach(context, args.ids, 'cancelled', (id) =>
      context.account.json({ method: 'POST', path: `${jobPath(id)}/cancel` }, jobViewSchema),
    ),
});
