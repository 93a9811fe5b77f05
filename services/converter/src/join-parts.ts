import type { Transcript } from '@clipscribe/contracts';
import { longestCommonRun, type Spoken } from './common-run.ts';
import { bareText, countLetters, tokensOf } from './letters.ts';
import { trimEnd, trimStart } from './trim-segments.ts';
import type { Stretch } from './voice-activity.ts';

type Segment = Transcript['segments'][number];
type Word = NonNullable<Transcript['words']>[number];

/** What was heard in one chunk, with times from the start of the recording. */
export interface Part extends Stretch {
  segments: Segment[];
  /** Absent where the engine gives none. */
  words?: Word[];
}

interface Said extends Spoken {
  letters: number;
}

/** Where two parts are joined: the first one keeps so many of its words, the second one leaves out so many of its. */
interface Cut {
  kept: number;
  left: number;
}

/** Two engines' times of the same word differ by less, in seconds. */
const TOLERANCE = 0.6;
/** Where words have no times of their own, so many in a row have to agree, and their places are only a guess. */
const SURE_RUN = 3;

/**
 * Joins parts that follow each other. Where two overlap, the words in both are taken once: from the first part up to
 * the middle of what both agree on, from there on from the second.
 */
export function joinParts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const before = joined.pop();
    if (before === undefined) joined.push(part);
    else if (part.start >= before.end) joined.push(before, part);
    else joined.push(...joinTwo(before, part));
  }
  return joined;
}

function joinTwo(before: Part, after: Part): [Part, Part] {
  const overlap = { start: after.start, end: before.end };
  const [said, again] = [saidIn(before), saidIn(after)];
  const isTimed = before.words !== undefined && after.words !== undefined;
  const cut = isTimed ? cutByTime(said, again, overlap) : cutByText(said, again, overlap);
  const dropped = said.slice(cut.kept).reduce((sum, { letters }) => sum + letters, 0);
  const left = again.slice(0, cut.left).reduce((sum, { letters }) => sum + letters, 0);
  const [end, start] = [said[cut.kept - 1]?.end ?? before.end, again[cut.left]?.start ?? after.start];
  return [
    {
      ...before,
      segments: trimEnd(before.segments, dropped, end),
      ...(before.words === undefined ? {} : { words: before.words.slice(0, isTimed ? cut.kept : undefined) }),
    },
    {
      ...after,
      segments: trimStart(after.segments, left, start),
      ...(after.words === undefined ? {} : { words: after.words.slice(isTimed ? cut.left : 0) }),
    },
  ];
}

/** The words of a part; where they have no times, each is given its share of the time of its segment. */
function saidIn({ segments, words }: Part): Said[] {
  if (words !== undefined)
    return words.map((word) => ({ ...word, text: bareText(word.text), letters: countLetters(word.text) }));
  return segments.flatMap(({ start, end, text }) => {
    const tokens = tokensOf(text).map((word) => ({ text: bareText(word), letters: countLetters(word) }));
    const all = tokens.reduce((sum, { letters }) => sum + letters, 0);
    let letters = 0;
    return tokens.map((word) => {
      const from = start + ((end - start) * letters) / all;
      letters += word.letters;
      return { ...word, start: from, end: start + ((end - start) * letters) / all };
    });
  });
}

function cutByTime(said: readonly Said[], again: readonly Said[], overlap: Stretch): Cut {
  const first = said.findIndex(({ end }) => end > overlap.start);
  const from = first === -1 ? said.length : first;
  const beyond = again.findIndex(({ start }) => start >= overlap.end);
  const [tail, head] = [said.slice(from), again.slice(0, beyond === -1 ? undefined : beyond)];
  const middle = (overlap.start + overlap.end) / 2;
  const run = longestCommonRun(tail, head, { tolerance: TOLERANCE, middle });
  if (run !== null) {
    const half = Math.ceil(run.length / 2);
    return { kept: from + run.before + half, left: run.after + half };
  }
  const at = jointPause(tail, head, middle);
  return {
    kept: from + tail.filter(({ start, end }) => start + end < 2 * at).length,
    left: head.filter(({ start, end }) => start + end < 2 * at).length,
  };
}

/** Where both agree on no word, the middle between two words, as far from any word as can be. */
function jointPause(tail: readonly Said[], head: readonly Said[], middle: number): number {
  const [last, first] = [tail.at(-1), head[0]];
  // Where only one of them heard something, all of that is taken.
  if (last === undefined || first === undefined || last.end <= first.start)
    return ((last?.end ?? first?.start ?? middle) + (first?.start ?? last?.end ?? middle)) / 2;
  const words = [...tail, ...head].sort((a, b) => a.start - b.start);
  let best = { at: Math.min(Math.max(middle, first.start), last.end), gap: 0 };
  let end = first.start;
  for (const word of words) {
    const at = (end + word.start) / 2;
    if (word.start - end > best.gap && at >= first.start && at <= last.end)
      best = { at, gap: word.start - end };
    end = Math.max(end, word.end);
  }
  return best.at;
}

/** Without times of words: what both end and begin with, or nothing is cut; rather something twice than not at all. */
function cutByText(said: readonly Said[], again: readonly Said[], overlap: Stretch): Cut {
  const seconds = overlap.end - overlap.start;
  const first = said.findIndex(({ end }) => end > overlap.start - seconds);
  const from = first === -1 ? said.length : first;
  const beyond = again.findIndex(({ start }) => start >= overlap.end + seconds);
  const [tail, head] = [said.slice(from), again.slice(0, beyond === -1 ? undefined : beyond)];
  const middle = (overlap.start + overlap.end) / 2;
  const run = longestCommonRun(tail, head, { tolerance: 2 * seconds, middle });
  if (run === null || run.length < SURE_RUN) return { kept: said.length, left: 0 };
  const half = Math.ceil(run.length / 2);
  return { kept: from + run.before + half, left: run.after + half };
}
