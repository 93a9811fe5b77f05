import type { EndState, Failure, Job, NoticeKind } from '@clipscribe/contracts';
import { omit } from './omit.ts';
import { runOutbox } from './outbox.ts';
import { noticeEntry } from './wanted-messages.ts';
import { withEvent } from './webhook-plan.ts';

/** How a run ends whose MP3 is there: a problem with either half makes it partial. */
export function finishReady(job: Job, now: number): Job {
  const error = job.audio.error ?? (job.transcript.state === 'failed' ? job.transcript.error : undefined);
  return finish(job, now, error === undefined ? 'succeeded' : 'partial', error);
}

/**
 * Ends a run: the terminal state, the mail and the webhooks that tell of it, and their messages, in one write.
 * The audio's and the transcript's own states must be set already.
 */
export function finish(job: Job, now: number, state: Exclude<EndState, 'cancelled'>, error?: Failure): Job {
  const kind: NoticeKind = state === 'failed' ? 'failed' : 'ready';
  const chunks = job.chunks.map((chunk) => omit(chunk, 'lease'));
  const messageId = `<${kind}.${job.id}.${String(job.run)}@clipscribe>`;
  const ended: Job = {
    ...omit(job, 'lease', 'error', 'retryAt'),
    state,
    chunks,
    finishedAt: now,
    attempts: 0,
    ...(error === undefined ? {} : { error }),
    notice: { kind, state: 'pending', messageId, attempts: 0 },
  };
  return withEvent({ ...ended, outbox: runOutbox(job, [noticeEntry(ended)]) }, now, state);
}
