import type { JobView } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { Actions } from '../jobs/job-row.tsx';
import { StateBadge } from '../jobs/state-badge.tsx';
import { retryJob } from '../state/job-actions.ts';
import { addresses } from '../state/route.ts';
import {
  bytes,
  clock,
  isOver,
  mayRetry,
  moment,
  nameOf,
  percentOf,
  progressOf,
  reasonOf,
  stageOf,
} from '../state/words.ts';
import { Icon } from '../ui/icons.tsx';

/** What a job is called, how it stands, and what can be done with it. */
export function Head({ job }: { job: JobView }): JSX.Element {
  const { durationSeconds } = job.audio;
  return (
    <header class="job-head">
      <div>
        <h1 dir="auto">{nameOf(job)}</h1>
        <p class="job-facts">
          {durationSeconds === undefined ? '' : `${clock(durationSeconds)} · `}
          {bytes(job.source.bytes)} · {moment(job.createdAt)}
        </p>
      </div>
      <StateBadge state={job.state} />
      <Actions
        job={job}
        onRetry={focusMain}
        onDelete={() => {
          location.hash = addresses.jobs;
        }}
      />
    </header>
  );
}

/** What happens at the moment, or why there is less than was asked for. */
export function Progress({ job }: { job: JobView }): JSX.Element | null {
  const reason = reasonOf(job);
  if (!isOver(job)) {
    return (
      <div class="card progress-card">
        <p>
          {/* Each percent of it would be too much to hear. */}
          <span role="status">{stageOf(job)}</span>
          {percentOf(job)}
        </p>
        <progress max={1} value={progressOf(job)} aria-label="Progress" />
      </div>
    );
  }
  if (reason === undefined) return null;
  return (
    <p class="notice">
      <Icon name="warning" /> <span>{reason}</span>
      {mayRetry(job) && (
        <button
          type="button"
          onClick={() => {
            focusMain();
            void retryJob(job.id);
          }}
        >
          Try again
        </button>
      )}
    </p>
  );
}

/** For the keyboard, before the button that it is at goes away. */
function focusMain(): void {
  document.getElementById('main')?.focus({ preventScroll: true });
}
