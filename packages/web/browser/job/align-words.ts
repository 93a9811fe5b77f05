import type { Transcript } from '@clipscribe/contracts';

/** A word of the text with the time at which it is said. */
export interface TimedWord {
  text: string;
  /** Seconds. */
  start: number;
}

export interface Sentence {
  /** Seconds. */
  start: number;
  end: number;
  words: TimedWord[];
  /** The words with a space between them. */
  text: string;
  isUnsure: boolean;
}

/** How many words of the engine are looked through for one of the text, before its time is guessed. */
const LOOKAHEAD = 6;

/**
 * The text of a transcript as sentences of words with times. The segments are the text; the engine's words, which may
 * lack punctuation or be written in another way, give the times. A word of the text without one of theirs gets a time
 * between its neighbours.
 */
export function alignWords({ segments, words = [] }: Pick<Transcript, 'segments' | 'words'>): Sentence[] {
  let next = 0;
  return segments.map(({ start, end, text, lowConfidence }) => {
    const tokens = text
      .normalize('NFC')
      .trim()
      .split(/\s+/)
      .filter((token) => token !== '');
    const times = tokens.map((token): number | undefined => {
      for (let at = next; at < Math.min(words.length, next + LOOKAHEAD); at += 1) {
        const word = words[at];
        if (word === undefined || word.start > end + 0.5) break;
        if (plain(word.text) !== plain(token)) continue;
        next = at + 1;
        return word.start;
      }
      return undefined;
    });
    // Words of the engine that are not in the text must not be taken for those of later segments.
    while ((words[next]?.start ?? Infinity) < end - 0.05) next += 1;
    const starts = fillGaps(times, start, end);
    const timed = tokens.map((token, index) => ({ text: token, start: starts[index] ?? start }));
    return { start, end, words: timed, text: tokens.join(' '), isUnsure: lowConfidence === true };
  });
}

/** Without case, accents in another form, and what is no letter or digit. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Puts evenly spaced times where there are none; they never go back. */
export function fillGaps(times: readonly (number | undefined)[], start: number, end: number): number[] {
  const filled: number[] = [];
  for (let at = 0; at < times.length; at += 1) {
    const before = filled[at - 1] ?? start;
    const known = times[at];
    if (known !== undefined) {
      filled.push(Math.max(known, before));
      continue;
    }
    const to = times.findIndex((time, index) => index > at && time !== undefined);
    const after = to === -1 ? end : (times[to] ?? end);
    const steps = (to === -1 ? times.length : to) - at + (at === 0 ? 0 : 1);
    const step = Math.max(0, after - before) / Math.max(1, steps);
    filled.push(at === 0 ? before : before + step);
  }
  return filled;
}

/** The last index whose start is not after `time`; -1 when there is none. Starts must not go back. */
export function indexAt(items: readonly { start: number }[], time: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.start ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
