import type { JobView } from '@clipscribe/contracts';
import type { Signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Actions } from '../jobs/job-row.tsx';
import { StateBadge } from '../jobs/state-badge.tsx';
import { wordsFor } from '../state/api.ts';
import { retryJob } from '../state/job-actions.ts';
import { isReachable } from '../state/connection.ts';
import { jobSignal, loadJob } from '../state/jobs.ts';
import { addresses } from '../state/route.ts';
import { bytes, clock, isOver, mayRetry, moment, progressOf, reasonOf, stageOf } from '../state/words.ts';
import { Icon } from '../ui/icons.tsx';
import type { Sentence } from './align-words.ts';
import { Downloads } from './downloads.tsx';
import { Playback } from './playback.ts';
import { Player } from './player.tsx';
import { TranscriptView } from './transcript-view.tsx';
import { useTranscript } from './use-transcript.ts';
import { Versions } from './versions.tsx';

/** One job: its progress, or its sound with the text in step. */
export function JobPage({ id }: { id: string }): JSX.Element {
  const [job, setJob] = useState<Signal<JobView> | undefined>(jobSignal(id));
  const [reason, setReason] = useState('');
  const reachable = isReachable.value;
  useEffect(() => {
    if (!reachable) return;
    setReason('');
    loadJob(id).then(setJob, (error: unknown) => {
      setReason(wordsFor(error));
    });
  }, [id, reachable]);
  return (
    <article class="job-page">
      <a class="back" href={addresses.jobs}>
        <Icon name="back" /> Recordings
      </a>
      {job === undefined ? <p role="status">{reason || 'Loading …'}</p> : <Loaded job={job.value} />}
    </article>
  );
}

function Loaded({ job }: { job: JobView }): JSX.Element {
  const [version, setVersion] = useState<number>();
  const playback = usePlayback(job);
  const { sentences, reason } = useTranscript(job, version);
  return (
    <>
      <Head job={job} />
      <Progress job={job} />
      {playback !== undefined && <Player job={job} playback={playback} sentences={sentences} />}
      {job.links.transcript !== undefined && (
        <div class="columns">
          <Text job={job} sentences={sentences} reason={reason} playback={playback} />
          <aside>
            <Downloads job={job} version={version} />
            <Versions job={job} version={version} onChoose={setVersion} />
          </aside>
        </div>
      )}
      {job.links.transcript === undefined && playback !== undefined && (
        <div class="columns is-single">
          <Downloads job={job} version={undefined} />
          {isOver(job) && <Versions job={job} version={undefined} onChoose={setVersion} />}
        </div>
      )}
    </>
  );
}

interface TextProps {
  job: JobView;
  sentences: readonly Sentence[] | undefined;
  reason: string | undefined;
  playback: Playback | undefined;
}

function Text({ job, sentences, reason, playback }: TextProps): JSX.Element {
  if (sentences === undefined) return <section class="transcript" aria-busy="true" aria-label="Transcript" />;
  if (sentences.length > 0) return <TranscriptView sentences={sentences} playback={playback} />;
  const isSilent = job.transcript.speech === 'none';
  return (
    <section class="transcript empty" aria-label="Transcript">
      <p>{reason ?? (isSilent ? 'Nobody speaks in this recording.' : 'The transcript is empty.')}</p>
    </section>
  );
}

function Head({ job }: { job: JobView }): JSX.Element {
  const { durationSeconds } = job.audio;
  return (
    <header class="job-head">
      <div>
        <h1>{job.options.title ?? job.source.name}</h1>
        <p class="job-facts">
          {durationSeconds === undefined ? '' : `${clock(durationSeconds)} · `}
          {bytes(job.source.bytes)} · {moment(job.createdAt)}
        </p>
      </div>
      <StateBadge state={job.state} />
      <Actions
        job={job}
        onDelete={() => {
          location.hash = addresses.jobs;
        }}
      />
    </header>
  );
}

/** What happens at the moment, or why there is less than was asked for. */
function Progress({ job }: { job: JobView }): JSX.Element | null {
  const reason = reasonOf(job);
  if (!isOver(job)) {
    return (
      <div class="card progress-card" role="status">
        <p>{stageOf(job)}</p>
        <progress max={1} value={progressOf(job)} aria-label="Progress" />
      </div>
    );
  }
  if (reason === undefined) return null;
  return (
    <p class="notice">
      <Icon name="warning" /> <span>{reason}</span>
      {mayRetry(job) && (
        <button type="button" onClick={() => void retryJob(job.id)}>
          Try again
        </button>
      )}
    </p>
  );
}

/** A player for the sound, as long as this job is shown. */
function usePlayback(job: JobView): Playback | undefined {
  const { fileId, durationSeconds = 0 } = job.audio;
  const playback = useMemo(
    () => (fileId === undefined ? undefined : new Playback(job.id, durationSeconds)),
    [job.id, fileId],
  );
  useEffect(
    () => () => {
      playback?.close();
    },
    [playback],
  );
  return playback;
}
