import { z } from 'zod';
import { jobOf, readDeadLetters } from '@clipscribe/job-queue';
import { fields, visible } from '@clipscribe/terminal';
import { defineCommand } from '../../command.ts';
import { deadLetterView } from '../../dead-letters.ts';
import { CommandFailed } from '../../errors.ts';
import { iso } from '../../output.ts';

/** The queues cannot be asked for one dead letter, so that it is looked for among so many of each. */
const MOST_SEARCHED = 10_000;

export const showDeadLetter = defineCommand({
  syntax: 'show <id>',
  summary: 'show one of them with its message',
  args: z.object({ id: z.string() }),
  run: async (ports, { id }, out) => {
    const wanted = { only: undefined, limit: MOST_SEARCHED };
    const letter = (await readDeadLetters(await ports.queue(), wanted)).find((found) => found.id === id);
    if (letter === undefined) throw new CommandFailed(`${id}: there is no such dead letter`);
    out.result(deadLetterView(letter), () => {
      const { queue, deadAt, reason, body } = letter;
      const known = { id, queue, 'dead since': iso(deadAt), job: jobOf(letter), reason };
      return `${fields(known)}\n\n${bodyText(body)}`;
    });
  },
});

/** JSON in lines that can be read; anything else as it is, since it may be what killed the message. */
function bodyText(body: string): string {
  try {
    const lines = JSON.stringify(JSON.parse(body), undefined, 2).split('\n');
    return lines.map(visible).join('\n');
  } catch {
    return visible(body);
  }
}
