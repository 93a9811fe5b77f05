import { useEffect, useState } from 'preact/hooks';
import type { JobView } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { clock } from '../state/words.ts';
import { Icon } from '../ui/icons.tsx';
import type { Sentence } from './align-words.ts';
import { loadLevels } from './load-levels.ts';
import type { Playback } from './playback.ts';
import { Waveform } from './waveform.tsx';

const RATES = [0.75, 1, 1.25, 1.5, 2];

const failures = {
  loading: 'The sound cannot be loaded at the moment.',
  playing: 'This browser cannot play the sound. Is there a device for it?',
};

interface Props {
  job: JobView;
  playback: Playback;
  /** Undefined while they are not known. */
  sentences: readonly Sentence[] | undefined;
}

/** Waveform, play button, place and speed. */
export function Player({ job, playback, sentences }: Props): JSX.Element {
  const levels = useLevels(job, sentences);
  const isPlaying = playback.isPlaying.value;
  const failure = playback.failure.value;
  return (
    <section class="player" aria-label="Player">
      <button
        type="button"
        class="play"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        onClick={() => {
          playback.toggle();
        }}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <Waveform playback={playback} levels={levels} />
      <p class="time">
        <span>{clock(playback.time.value)}</span> / {clock(playback.duration.value)}
      </p>
      <select
        class="speed"
        aria-label="Speed"
        value={String(playback.rate.value)}
        onChange={({ currentTarget }) => {
          playback.setRate(Number(currentTarget.value));
        }}
      >
        {RATES.map((rate) => (
          <option key={rate} value={String(rate)}>
            {rate}×
          </option>
        ))}
      </select>
      {failure !== null && (
        <p class="form-error" role="alert">
          {failures[failure]}
        </p>
      )}
    </section>
  );
}

function useLevels(job: JobView, sentences: readonly Sentence[] | undefined): readonly number[] {
  const [levels, setLevels] = useState<readonly number[]>([]);
  const isKnown = sentences !== undefined;
  useEffect(() => {
    if (sentences === undefined) return undefined;
    const stop = new AbortController();
    loadLevels(job, sentences, stop.signal).then(setLevels, () => undefined);
    return () => {
      stop.abort();
    };
    // The job is another object at each of its changes; its sound is not.
  }, [job.id, job.audio.fileId, isKnown]);
  return levels;
}
