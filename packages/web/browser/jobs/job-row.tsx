import type { JobView } from '@clipscribe/contracts';
import { useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { cancelJob, deleteLater, retryJob } from '../state/job-actions.ts';
import { jobSignal } from '../state/jobs.ts';
import { now } from '../state/now.ts';
import { addresses } from '../state/route.ts';
import {
  ago,
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
import { focusBeside } from '../ui/focus-beside.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { StateBadge } from './state-badge.tsx';

/** A job in the list. */
export function JobRow({ id }: { id: string }): JSX.Element | null {
  const job = jobSignal(id)?.value;
  const row = useRef<HTMLLIElement>(null);
  if (job === undefined) return null;
  return (
    <li ref={row} class="job" data-state={job.state}>
      <div class="job-main">
        <a class="job-name" href={addresses.job(id)} dir="auto" title={nameOf(job)}>
          {nameOf(job)}
        </a>
        <p class="job-facts">
          <Facts job={job} />
        </p>
        {!isOver(job) && (
          <progress max={1} value={progressOf(job)} aria-label={`Progress of ${nameOf(job)}`} />
        )}
      </div>
      <StateBadge state={job.state} />
      <Actions
        job={job}
        onRetry={() => {
          row.current?.querySelector('a')?.focus();
        }}
        onDelete={() => {
          if (row.current !== null) focusBeside(row.current, document.getElementById('main'));
        }}
      />
    </li>
  );
}

function Facts({ job }: { job: JobView }): JSX.Element {
  if (!isOver(job)) return <span>{stageOf(job) + percentOf(job)}</span>;
  const reason = reasonOf(job);
  return (
    <>
      {reason !== undefined && <span class="reason">{reason}</span>}
      <span>
        {job.audio.durationSeconds === undefined ? bytes(job.source.bytes) : clock(job.audio.durationSeconds)}
        {' · '}
        <time dateTime={job.createdAt} title={moment(job.createdAt)}>
          {ago(job.createdAt, now.value)}
        </time>
      </span>
    </>
  );
}

interface ActionsProps {
  job: JobView;
  /** Where the keyboard goes on, before the button that was pressed is gone. */
  onRetry?: () => void;
  onDelete?: () => void;
}

/** What can be done with a job, here and on its own page. */
export function Actions({ job, onRetry, onDelete }: ActionsProps): JSX.Element {
  const name = nameOf(job);
  return (
    <div class="actions">
      {mayRetry(job) && (
        <IconButton
          icon="retry"
          label={`Try ${name} again`}
          onClick={() => {
            onRetry?.();
            void retryJob(job.id);
          }}
        />
      )}
      {isOver(job) ? (
        <IconButton
          icon="trash"
          label={`Delete ${name}`}
          onClick={() => {
            onDelete?.();
            deleteLater(job);
          }}
        />
      ) : (
        <IconButton icon="cancel" label={`Cancel ${name}`} onClick={() => void cancelJob(job.id)} />
      )}
    </div>
  );
}
