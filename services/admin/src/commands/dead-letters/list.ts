import { z } from 'zod';
import { jobOf, readDeadLetters } from '@clipscribe/job-queue';
import { table } from '@clipscribe/terminal';
import { limit, limitOption, queue, queueOption } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { deadLetterView } from '../../dead-letters.ts';
import { iso } from '../../output.ts';

export const listDeadLetters = defineCommand({
  syntax: 'list',
  summary: 'list them, the oldest first',
  options: [queueOption, limitOption],
  args: z.object({ queue, limit }),
  run: async (ports, args, out) => {
    // One more than wanted tells whether there are more.
    const wanted = { only: args.queue, limit: args.limit + 1 };
    const found = await readDeadLetters(await ports.queue(), wanted);
    const letters = found.slice(0, args.limit);
    const more = found.length > letters.length;
    out.result({ deadLetters: letters.map(deadLetterView), more }, () => {
      if (letters.length === 0) return 'no dead letters';
      return table(
        ['ID', 'QUEUE', 'DEAD SINCE', 'JOB', 'REASON'],
        letters.map((letter) => [
          letter.id,
          letter.queue,
          iso(letter.deadAt),
          jobOf(letter) ?? '-',
          letter.reason,
        ]),
      );
    });
    if (more) out.note('there are more; see --limit');
  },
});
