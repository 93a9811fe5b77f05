import { parseMessage, queueNames, type QueueName } from '@clipscribe/contracts';
import type { DeadLetter, JobQueue } from './job-queue.ts';

/**
 * Dead letters of one queue or of all, the oldest first; at most `limit` of each. @throws UnavailableError
 */
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
