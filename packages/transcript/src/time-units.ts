import { alignLetters, lettersOf } from './align-letters.ts';
import type { SpokenSegment } from './spoken-segment.ts';
import type { Unit } from './units.ts';

/** A stretch of the recording, in milliseconds. */
export interface Span {
  startMs: number;
  endMs: number;
}

export interface TimedWord extends Span {
  text: string;
}

/** Nobody speaks slower than this: where words have no times, more of a segment than that is silence. */
const SLOWEST_COLUMNS_PER_SECOND = 5;

/**
 * When each unit of a segment is spoken: by the words that say the same, and between them, or where there are none,
 * in proportion to the columns. Also tells how many of the words are used up.
 */
export function timeUnits(
  segment: SpokenSegment,
  units: readonly Unit[],
  words: readonly TimedWord[],
): { spans: Span[]; used: number } {
  const letters = units.map(({ text }) => lettersOf(text));
  const heard = words.map(({ text }) => lettersOf(text));
  const found = alignLetters(letters.join(''), heard.join(''));
  const clock = new LetterClock(words, heard);
  let offset = 0;
  const known = letters.map((own) => {
    const places = found.subarray(offset, (offset += own.length)).filter((place) => place >= 0);
    const [first, last] = [places[0], places.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    return { startMs: clock.at(first).startMs, endMs: clock.at(last).endMs };
  });
  return { spans: fillGaps(segment, units, known), used: clock.used };
}

/** When each letter of some words is spoken; to be asked in rising order. */
class LetterClock {
  readonly #words: readonly TimedWord[];
  readonly #letters: readonly string[];
  #word = 0;
  /** Letters before the present word. */
  #before = 0;

  constructor(words: readonly TimedWord[], letters: readonly string[]) {
    this.#words = words;
    this.#letters = letters;
  }

  /** Words up to the last one that was asked for. */
  used = 0;

  at(letter: number): Span {
    let length = this.#letters[this.#word]?.length ?? 0;
    while (letter >= this.#before + length && this.#word < this.#words.length) {
      this.#before += length;
      this.#word++;
      length = this.#letters[this.#word]?.length ?? 0;
    }
    this.used = this.#word + 1;
    const { startMs, endMs } = this.#words[this.#word] ?? { startMs: 0, endMs: 0 };
    const part = (share: number): number => startMs + Math.round(((endMs - startMs) * share) / length);
    return { startMs: part(letter - this.#before), endMs: part(letter - this.#before + 1) };
  }
}

/** Gives the units without a time their share of the time between their neighbours. */
function fillGaps(
  segment: SpokenSegment,
  units: readonly Unit[],
  known: readonly (Span | undefined)[],
): Span[] {
  const spans: Span[] = [];
  while (spans.length < units.length) {
    const from = spans.length;
    const span = known[from];
    if (span !== undefined) {
      spans.push(span);
      continue;
    }
    let until = from;
    while (until < units.length && known[until] === undefined) until++;
    const startMs = spans.at(-1)?.endMs ?? segment.startMs;
    const endMs = known[until]?.startMs ?? segment.endMs;
    for (const part of share({ startMs, endMs }, units.slice(from, until))) spans.push(part);
  }
  return spans;
}

/** Divides a time among units by their columns, at no less than the slowest speech. */
function share({ startMs, endMs }: Span, units: readonly Unit[]): Span[] {
  const weights = units.map(({ columns, gapColumns }) => Math.max(columns + gapColumns, 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spoken = Math.min(Math.max(endMs - startMs, 0), (total * 1000) / SLOWEST_COLUMNS_PER_SECOND);
  let before = 0;
  return weights.map((weight) => {
    const from = startMs + Math.round((spoken * before) / total);
    before += weight;
    return { startMs: from, endMs: startMs + Math.round((spoken * before) / total) };
  });
}
