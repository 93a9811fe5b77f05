import { jobOf, type DeadLetter } from '@clipscribe/job-queue';
import { iso } from './output.ts';

/** A dead letter as scripts get it. */
export function deadLetterView(letter: DeadLetter): Record<string, string | undefined> {
  const { id, queue, body, reason, deadAt } = letter;
  return { id, queue, jobId: jobOf(letter), deadAt: iso(deadAt), reason, body };
}
