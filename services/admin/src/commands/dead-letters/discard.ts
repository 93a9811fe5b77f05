import { z } from 'zod';
import { ids } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { actOnEach } from '../../each-id.ts';

export const discardDeadLetters = defineCommand({
  syntax: 'discard <ids...>',
  summary: 'remove them for good',
  args: z.object({ ids }),
  run: async (ports, args, out) => {
    const jobQueue = await ports.queue();
    await actOnEach(args.ids, {
      verb: 'discarded',
      out,
      act: async (id) =>
        (await jobQueue.discardDeadLetter(id)) ? { done: '' } : { refused: 'there is no such dead letter' },
    });
  },
});
