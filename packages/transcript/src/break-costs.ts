import { endsClause, endsSentence, hasNoSpaces } from './scripts.ts';
import type { TimedUnit } from './timed-units.ts';

/** How bad it is to break after a unit; 0 is the end of a sentence, `anywhere` the middle of one. */
export const breakCost = { sentence: 0, pause: 2, segment: 5, clause: 5, breath: 15, anywhere: 30 } as const;

/** Silences that are heard as the end of something, and as taking a breath, in milliseconds. */
const PAUSE_MS = 500;
const BREATH_MS = 250;

/** What it costs to end a line or a cue between two units. */
export function costOfBreak(unit: TimedUnit, next: TimedUnit): number {
  const silenceMs = next.startMs - unit.endMs;
  if (isEndOfSentence(unit, next)) return breakCost.sentence;
  if (silenceMs >= PAUSE_MS) return breakCost.pause;
  if (unit.endsSegment) return breakCost.segment;
  if (endsClause(unit.text) || isSpaceOfMeaning(unit, next)) return breakCost.clause;
  return silenceMs >= BREATH_MS ? breakCost.breath : breakCost.anywhere;
}

/** A cue should not go on over a silence: half a second of it costs as much as another cue, a whole one four times. */
const SILENT_SECOND = 40;

/** Nor into the next sentence, unless both are so short that two cues would flicker. */
const NEXT_SENTENCE = 20;

/** What it costs not to break there. */
export function costOfGoingOn(unit: TimedUnit, next: TimedUnit): number {
  const silenceSeconds = Math.max(next.startMs - unit.endMs, 0) / 1000;
  return SILENT_SECOND * silenceSeconds ** 2 + (isEndOfSentence(unit, next) ? NEXT_SENTENCE : 0);
}

/** `Dr. Who`, `3 p.m. today` and the initials of a name go on. */
function isEndOfSentence(unit: TimedUnit, next: TimedUnit): boolean {
  if (!endsSentence(unit.text) || /^\p{Ll}/u.test(next.text)) return false;
  return !/^(\p{Lu}|Mr|Mrs|Ms|Dr|Prof|St)\.$/u.test(unit.text);
}

/** Where words are not divided by spaces, a space stands for a comma or a full stop: in Thai, mostly. */
function isSpaceOfMeaning(unit: TimedUnit, next: TimedUnit): boolean {
  return next.gap !== '' && hasNoSpaces(unit.text) && hasNoSpaces(next.text);
}
