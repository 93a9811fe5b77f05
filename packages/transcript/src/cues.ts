import type { Transcript } from '@clipscribe/contracts';
import { blocks } from './blocks.ts';
import { breakLines } from './break-lines.ts';
import { chooseCues } from './choose-cues.ts';
import { keepDirection } from './direction.ts';
import { milliseconds } from './milliseconds.ts';
import { subtitleRules } from './subtitle-rules.ts';
import { timedUnits, type TimedUnit } from './timed-units.ts';

const { minMs, maxMs, gapMs, columnsPerSecond } = subtitleRules;

/** One or two lines of text with the time at which they are shown, in milliseconds. */
export interface Cue {
  startMs: number;
  endMs: number;
  lines: string[];
}

/**
 * The subtitles of a transcript, one after the other: all its text, in order, by the rules of `subtitleRules`. Times
 * that make no sense (words on top of each other) delay the cues; they never overlap and are never too short.
 */
export function* cuesOf(transcript: Transcript): Generator<Cue> {
  let earliestMs = 0;
  for (const block of blocks(timedUnits(transcript), milliseconds(transcript.durationSeconds))) {
    const cues = chooseCues(block);
    for (const [index, units] of cues.entries()) {
      const nextStartMs = cues[index + 1]?.[0]?.startMs ?? block.nextStartMs;
      const span = spanOf(units, earliestMs, nextStartMs - gapMs);
      earliestMs = span.endMs + gapMs;
      yield { ...span, lines: keepDirection(breakLines(units)) };
    }
  }
}

/** As long as it is spoken, longer where it takes time to read and there is time; short ones begin a little earlier. */
function spanOf(
  units: readonly TimedUnit[],
  earliestMs: number,
  latestMs: number,
): { startMs: number; endMs: number } {
  const spoken = { startMs: units[0]?.startMs ?? 0, endMs: units.at(-1)?.endMs ?? 0 };
  const columns = units.reduce((sum, unit) => sum + unit.gapColumns + unit.columns, 0);
  const startMs = Math.max(Math.min(spoken.startMs, latestMs - minMs), earliestMs);
  const wantedMs = Math.max(spoken.endMs, startMs + Math.ceil((columns * 1000) / columnsPerSecond));
  const endMs = Math.min(wantedMs, latestMs, startMs + maxMs);
  return { startMs, endMs: Math.max(endMs, startMs + minMs) };
}
