import type { JobView } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { cancelJob, deleteLater, retryJob } from '../state/job-actions.ts';
import { jobSignal } from '../state/jobs.ts';
import { addresses } from '../state/route.ts';
import {
  ago,
  bytes,
  clock,
  isOver,
  mayRetry,
  moment,
  progressOf,
  reasonOf,
  stageOf,
} from '../state/words.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { StateBadge } from './state-badge.tsx';

/** A job in the list. */
export function JobRow({ id }: { id: string }): JSX.Element | null {
  const job = jobSignal(id)?.value;
  if (job === undefined) return null;
  return (
    <li class="job" data-state={job.state}>
      <div class="job-main">
        <a class="job-name" href={addresses.job(id)}>
          {job.options.title ?? job.source.name}
        </a>
        <p class="job-facts">
          <Facts job={job} />
        </p>
        {!isOver(job) && (
          <progress max={1} value={progressOf(job)} aria-label={`Progress of ${job.source.name}`} />
        )}
      </div>
      <StateBadge state={job.state} />
      <Actions job={job} />
    </li>
  );
}

function Facts({ job }: { job: JobView }): JSX.Element {
  if (!isOver(job)) return <span>{stageOf(job)}</span>;
  const reason = reasonOf(job);
  return (
    <>
      {reason !== undefined && <span class="reason">{reason}</span>}
      <span>
        {job.audio.durationSeconds === undefined ? bytes(job.source.bytes) : clock(job.audio.durationSeconds)}
        {' · '}
        <time dateTime={job.createdAt} title={moment(job.createdAt)}>
          {ago(job.createdAt, Date.now())}
        </time>
      </span>
    </>
  );
}

/** What can be done with a job, here and on its own page. */
export function Actions({ job, onDelete }: { job: JobView; onDelete?: () => void }): JSX.Element {
  const name = job.source.name;
  return (
    <div class="actions">
      {mayRetry(job) && (
        <IconButton icon="retry" label={`Try ${name} again`} onClick={() => void retryJob(job.id)} />
      )}
      {isOver(job) ? (
        <IconButton
          icon="trash"
          label={`Delete ${name}`}
          onClick={() => {
            deleteLater(job);
            onDelete?.();
          }}
        />
      ) : (
        <IconButton icon="cancel" label={`Cancel ${name}`} onClick={() => void cancelJob(job.id)} />
      )}
    </div>
  );
}
