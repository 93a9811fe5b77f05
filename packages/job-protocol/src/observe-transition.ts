import { endStates, type EndState, type Job } from '@clipscribe/contracts';
import type { Metrics } from '@clipscribe/runtime';

/** Counts what a stored change of a job means to those who watch: the end of a run, the end of a mail. */
export function observeTransition(metrics: Metrics | undefined, before: Job, after: Job): void {
  if (metrics === undefined) return;
  if (isEnd(after.state) && !isEnd(before.state)) {
    const seconds = Math.max(0, (after.finishedAt ?? 0) - (after.askedAt ?? after.createdAt)) / 1000;
    metrics.jobSeconds.observe({ outcome: after.state }, seconds);
  }
  const mail = after.notice?.state ?? 'pending';
  if (before.notice?.state === 'pending' && mail !== 'pending') metrics.mails.inc({ outcome: mail });
}

function isEnd(state: Job['state']): state is EndState {
  return endStates.some((end) => end === state);
}
