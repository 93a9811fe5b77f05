import type { JobView } from '@clipscribe/contracts';
import type { Signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Refusal, wordsFor } from '../state/api.ts';
import { isReachable } from '../state/connection.ts';
import { gone, jobSignal, loadJob } from '../state/jobs.ts';
import { addresses } from '../state/route.ts';
import { isOver, nameOf } from '../state/words.ts';
import { Icon } from '../ui/icons.tsx';
import { Refused } from '../ui/refused.tsx';
import { useTitle } from '../ui/use-title.ts';
import { Downloads } from './downloads.tsx';
import { Head, Progress } from './job-head.tsx';
import { Playback } from './playback.ts';
import { Player } from './player.tsx';
import { TranscriptView } from './transcript-view.tsx';
import { useTranscript, type LoadedTranscript } from './use-transcript.ts';
import { Versions } from './versions.tsx';

/** One job: its progress, or its sound with the text in step. */
export function JobPage({ id }: { id: string }): JSX.Element {
  const [job, setJob] = useState<Signal<JobView> | undefined>(jobSignal(id));
  const [failure, setFailure] = useState<unknown>();
  const reachable = isReachable.value;
  const load = (): void => {
    setFailure(undefined);
    loadJob(id).then(setJob, setFailure);
  };
  useEffect(() => {
    if (reachable) load();
  }, [id, reachable]);
  useTitle(job === undefined ? undefined : nameOf(job.value));
  return (
    <article class="job-page">
      <a class="back" href={addresses.jobs}>
        <Icon name="back" /> Recordings
      </a>
      <Found id={id} job={job} failure={failure} again={load} />
    </article>
  );
}

interface FoundProps {
  id: string;
  job: Signal<JobView> | undefined;
  failure: unknown;
  again: () => void;
}

function Found({ id, job, failure, again }: FoundProps): JSX.Element {
  if (gone.value.has(id)) return <p role="status">This recording has been deleted.</p>;
  if (job !== undefined) return <Loaded job={job.value} />;
  if (failure === undefined) return <p role="status">Loading …</p>;
  // What is not there will not be there the next time.
  const isMissing = failure instanceof Refusal && failure.status === 404;
  const reason = wordsFor(failure);
  return isMissing ? <p role="status">{reason}</p> : <Refused reason={reason} again={again} />;
}

function Loaded({ job }: { job: JobView }): JSX.Element {
  const [version, setVersion] = useState<number>();
  const playback = usePlayback(job);
  const transcript = useTranscript(job, version);
  const { sentences } = transcript;
  return (
    <>
      <Head job={job} />
      <Progress job={job} />
      {playback !== undefined && <Player job={job} playback={playback} sentences={sentences} />}
      {job.links.transcript !== undefined && (
        <div class="columns">
          <Text job={job} transcript={transcript} playback={playback} />
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
  transcript: LoadedTranscript;
  playback: Playback | undefined;
}

function Text({ job, transcript, playback }: TextProps): JSX.Element {
  const { sentences, reason, language, again } = transcript;
  if (sentences === undefined) return <section class="transcript" aria-busy="true" aria-label="Transcript" />;
  if (sentences.length > 0)
    return <TranscriptView sentences={sentences} language={language} playback={playback} />;
  const isSilent = job.transcript.speech === 'none';
  return (
    <section class="transcript empty" aria-label="Transcript">
      {reason === undefined ? (
        <p>{isSilent ? 'Nobody speaks in this recording.' : 'The transcript is empty.'}</p>
      ) : (
        <Refused reason={reason} again={again} />
      )}
    </section>
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
