import type { JobView } from '@clipscribe/contracts';
import { call } from '../state/api.ts';
import type { Sentence } from './align-words.ts';
import { mp3Levels } from './mp3-levels.ts';
import { speechLevels } from './speech-levels.ts';

/** An MP3 up to this size is fetched for its picture: about a quarter of an hour. */
const MOST_BYTES = 20e6;

/** Heights for the waveform, 0 to 1; from the sound where it is short, else from where somebody speaks. */
export async function loadLevels(
  job: JobView,
  sentences: readonly Sentence[],
  signal: AbortSignal,
): Promise<number[]> {
  const { bytes = Infinity, durationSeconds = 0 } = job.audio;
  if (bytes <= MOST_BYTES) {
    const answer = await call(`/jobs/${job.id}/audio`, { signal });
    const levels = mp3Levels(new Uint8Array(await answer.arrayBuffer()));
    if (levels !== null) return levels;
  }
  return speechLevels(sentences, durationSeconds);
}
