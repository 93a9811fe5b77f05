import { parseMessage, type Job, type OutboxEntry } from '@clipscribe/contracts';

/**
 * The outbox of a job whose run has taken a step: only what that step asks for is still wanted. Webhooks go their
 * own way beside the run, and those of an earlier run may still wait for a broker.
 */
export function runOutbox(job: Job, entries: readonly OutboxEntry[]): OutboxEntry[] {
  return [...job.outbox.filter(({ queue }) => queue === 'webhook'), ...entries];
}

/** The outbox without the message of one delivery; of none for the message that asks for the plan. */
export function outboxWithout(job: Job, delivery: string | undefined): OutboxEntry[] {
  return job.outbox.filter(
    ({ queue, body }) => queue !== 'webhook' || parseMessage('webhook', body)?.delivery !== delivery,
  );
}
