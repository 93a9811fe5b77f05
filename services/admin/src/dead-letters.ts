import { parseMessage, queueNames, type QueueName } from '@clipscribe/contracts';
import type { DeadLetter, JobQueue } from '@clipscribe/job-queue';
import { iso } from './output.ts';

/** Dead letters of one queue or of all, the oldest first; at most `limit` of each. */
export async function readDeadLetters(
  queue: JobQueue,
  { only, limit }: { only: QueueName | undefined; limit: number },
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const name of only === undefined ? queueNames : [only])
    letters.push(...(await queue.deadLetters(name, limit)));
  return letters.sort((a, b) => a.deadAt - b.deadAt || (a.id < b.id ? -1 : 1));
}

/** The job that a message is about; undefined when nobody can tell. */
export function jobOf({ queue, body }: DeadLetter): string | undefined {
  return parseMessage(queue, body)?.jobId;
}

/** A dead letter as scripts get it. */
export function deadLetterView(letter: DeadLetter): Record<string, string | undefined> {
  const { id, queue, body, reason, deadAt } = letter;
  return { id, queue, jobId: jobOf(letter), deadAt: iso(deadAt), reason, body };
}
