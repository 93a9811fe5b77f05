import type { Transcript } from '@clipscribe/contracts';
import { milliseconds } from './milliseconds.ts';
import type { SpokenSegment } from './spoken-segment.ts';
import { spokenSegments } from './spoken-segments.ts';
import { timeUnits, type Span, type TimedWord } from './time-units.ts';
import { unitsOf, type Unit } from './units.ts';

/** A unit with its time; the starts never go back. */
export interface TimedUnit extends Unit, Span {
  /** True for the last one of a segment. */
  endsSegment: boolean;
}

/** Engines time words and segments independently of each other, and differ by as much. */
const SLACK_MS = 2000;

/** All units of a transcript, in order, with their times. */
export function* timedUnits(transcript: Transcript): Generator<TimedUnit> {
  const words = transcript.words ?? [];
  let nextWord = 0;
  let earliest = 0;
  for (const segment of spokenSegments(transcript)) {
    const near = wordsNear(segment, words, nextWord);
    const units = unitsOf(segment.text);
    const { spans, used } = timeUnits(segment, units, near.words);
    nextWord = near.from + used;
    for (const [index, unit] of units.entries()) {
      const { startMs, endMs } = spans[index] ?? { startMs: earliest, endMs: earliest };
      earliest = Math.max(earliest, startMs);
      const until = Math.min(endMs, Math.max(spans[index + 1]?.startMs ?? endMs, earliest));
      // Between segments there is a space, whatever the script: they are often sentences without a full stop.
      const gap = index === 0 ? { gap: ' ', gapColumns: 1 } : {};
      const endsSegment = index === units.length - 1;
      yield { ...unit, ...gap, startMs: earliest, endMs: Math.max(until, earliest), endsSegment };
    }
  }
}

/** The words, not yet used, that may belong to a segment. */
function wordsNear(
  segment: SpokenSegment,
  words: NonNullable<Transcript['words']>,
  first: number,
): { from: number; words: TimedWord[] } {
  const near: TimedWord[] = [];
  let from = first;
  for (let index = first; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const startMs = milliseconds(word.start);
    const endMs = Math.max(startMs, milliseconds(word.end));
    if (startMs > segment.endMs + SLACK_MS) break;
    if (near.length === 0 && endMs < segment.startMs - SLACK_MS) from = index + 1;
    else near.push({ startMs, endMs: Math.min(endMs, segment.endMs + SLACK_MS), text: word.text });
  }
  return { from, words: near };
}
