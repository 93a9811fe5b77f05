import { readDeadLetters } from '@clipscribe/job-queue';
import { Option } from 'commander';
import { z } from 'zod';
import { queue, queueOption } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { actOnEach } from '../../each-id.ts';

/** Replayed at a time by `--all`, of each queue; whoever has more calls it again. */
const MOST_AT_ONCE = 10_000;

export const replayDeadLetters = defineCommand({
  syntax: 'replay [ids...]',
  summary: 'put them back into their queues, to be tried again',
  options: [new Option('--all', 'all that there are'), queueOption],
  args: z
    .object({
      ids: z.array(z.string()).transform((given) => [...new Set(given)]),
      all: z.boolean().default(false),
      queue,
    })
    .refine(({ ids, all }) => all !== ids.length > 0, { error: 'name dead letters, or give --all' })
    .refine((args) => args.all || args.queue === undefined, { error: '--queue goes with --all only' }),
  run: async (ports, args, out) => {
    const jobQueue = await ports.queue();
    // Read before the first is replayed: one that cannot be handled now either comes back as a new one.
    const wanted = { only: args.queue, limit: MOST_AT_ONCE };
    const ids = args.all ? (await readDeadLetters(jobQueue, wanted)).map(({ id }) => id) : args.ids;
    await actOnEach(ids, {
      verb: 'replayed',
      out,
      act: async (id) =>
        (await jobQueue.replayDeadLetter(id)) ? { done: '' } : { refused: 'there is no such dead letter' },
    });
  },
});
