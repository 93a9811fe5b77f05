import type { Sentence } from './align-words.ts';
import { LEVELS } from './mp3-levels.ts';

const QUIET = 0.08;
const SPEECH = 0.45;

/**
 * Where somebody speaks, for recordings whose sound is too long to fetch for a picture: as high as words are dense.
 */
export function speechLevels(
  sentences: readonly Sentence[],
  durationSeconds: number,
  count = LEVELS,
): number[] {
  const levels = new Array<number>(count).fill(0);
  if (durationSeconds <= 0) return levels.map(() => QUIET);
  const place = (seconds: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((seconds / durationSeconds) * count)));
  for (const { start, end, words } of sentences) {
    for (let at = place(start); at <= place(Math.max(start, end - 0.01)); at += 1)
      levels[at] = Math.max(1, levels[at] ?? 0);
    for (const word of words) levels[place(word.start)] = (levels[place(word.start)] ?? 0) + 1;
  }
  const most = Math.max(1, ...levels);
  return levels.map((words) => (words === 0 ? QUIET : SPEECH + (1 - SPEECH) * (words / most)));
}
