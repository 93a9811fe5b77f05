import {
  failures,
  terminalStates,
  type Failure,
  type Job,
  type JobFailure,
  type Notice,
} from '@clipscribe/contracts';
import { backoffMs } from '@clipscribe/runtime';
import { isLive, jobSlot } from './lease-slot.ts';
import { omit } from './omit.ts';
import { runOutbox } from './outbox.ts';
import { LEASE_MS, NOTICE_LIMIT_MS, RETRY_TOLERANCE_MS } from './timing.ts';
import type { Change } from './transition.ts';
import { asFailure } from './video-steps.ts';
import { noticeEntry } from './wanted-messages.ts';

/** Takes the mail of an ended job, unless it is sent, somebody is at it, or the job is being deleted. */
export function claimNotice(token: string): Change {
  return (job, now) => {
    if (!terminalStates.includes(job.state)) return null;
    if (job.notice?.state !== 'pending' || isLive(job.lease, now)) return null;
    if ((job.retryAt ?? 0) > now + RETRY_TOLERANCE_MS) return null;
    return { ...job, lease: { token, expiresAt: now + LEASE_MS }, outbox: runOutbox(job, []) };
  };
}

export const noticeSent: Change = (job, now) => withNotice(job, { state: 'sent', sentAt: now });

/** Its owner wants no mail of this kind. */
export const noticeSkipped: Change = (job) => withNotice(job, { state: 'skipped' });

/** Again for a day, then given up; a refused recipient is given up at once. The job itself stays as it is. */
export function noticeAttemptFailed(failure: JobFailure): Change {
  return (job, now) => {
    const attempts = (job.notice?.attempts ?? 0) + 1;
    const delayMs = backoffMs(attempts, failure.retryAfterMs);
    const givenUp = !failure.transient || now + delayMs > (job.finishedAt ?? now) + NOTICE_LIMIT_MS;
    const error: Failure = asFailure(failure);
    if (givenUp) return withNotice(job, { state: 'failed', attempts, error });
    const waiting = withNotice(job, { attempts, error });
    return { ...waiting, retryAt: now + delayMs, outbox: runOutbox(job, [noticeEntry(waiting, delayMs)]) };
  };
}

/** The process stops: another one sends the mail. */
export const noticeGivenBack: Change = (job) => {
  const free = jobSlot.set(job, undefined);
  return { ...free, outbox: runOutbox(job, [noticeEntry(free)]) };
};

/** A sender vanished; whether its mail left is unknown, so it is sent again under the same Message-ID. */
export function noticeAttemptLost(job: Job, now: number): Job {
  const attempts = (job.notice?.attempts ?? 0) + 1;
  const tooOld = now > (job.finishedAt ?? now) + NOTICE_LIMIT_MS;
  const error: Failure = { code: 'WORKER_LOST', reason: failures.WORKER_LOST.reason };
  return withNotice(job, tooOld ? { state: 'failed', attempts, error } : { attempts });
}

function withNotice(job: Job, values: Partial<Notice>): Job {
  const free = omit(job, 'lease', 'retryAt');
  return job.notice === undefined ? free : { ...free, notice: { ...job.notice, ...values } };
}
