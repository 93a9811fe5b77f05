import { join } from 'node:path';
import type { Transcript } from '@clipscribe/contracts';
import { ffmpeg } from '../media.ts';

const WORDS_A_SENTENCE = 20;
const pool =
  `river hills spring houses banks market morning boats fish fruit trees church town roof evening children
dark water people long time nobody remembers planted taller every behind along comes down built`.split(/\s+/);

/** A transcript of so many words, evenly spoken; the sentence with number N has the word `markerN`. */
export function longTranscript(words: number, durationSeconds: number): Transcript {
  const seconds = durationSeconds / words;
  const said = Array.from({ length: words }, (_, index) => {
    const sentence = Math.floor(index / WORDS_A_SENTENCE);
    const isFirst = index % WORDS_A_SENTENCE === 0;
    const text = isFirst ? `marker${sentence}` : (pool[(index * 7 + sentence) % pool.length] ?? '');
    return { start: index * seconds, end: (index + 1) * seconds, text };
  });
  const segments = Array.from({ length: Math.ceil(words / WORDS_A_SENTENCE) }, (_, index) => {
    const part = said.slice(index * WORDS_A_SENTENCE, (index + 1) * WORDS_A_SENTENCE);
    const [first, last] = [part[0], part.at(-1)];
    return {
      start: first?.start ?? 0,
      end: last?.end ?? 0,
      text: `${part.map(({ text }) => text).join(' ')}.`,
    };
  });
  return { v: 1, engine: 'test', model: null, language: 'en', durationSeconds, segments, words: said };
}

/** An MP3 of that length, small and quickly made. */
export async function longMp3(folder: string, seconds: number): Promise<string> {
  const path = join(folder, `tone-${seconds}s.mp3`);
  const tone = `sine=frequency=220:sample_rate=16000:duration=${seconds}`;
  await ffmpeg('-f', 'lavfi', '-i', tone, '-ac', '1', '-b:a', '32k', path);
  return path;
}
