import type { TimedUnit } from './timed-units.ts';
import { subtitleRules } from './subtitle-rules.ts';
import { endsSentence } from './scripts.ts';

/** Units that are laid out together, with what comes after them. */
export interface Block {
  units: TimedUnit[];
  /** When the next block begins; for the last one, the first moment at which the recording has nothing to show. */
  nextStartMs: number;
}

/** No cue goes on over a silence as long as this. It leaves room for the shortest cue and the gap after it. */
const SILENCE_MS = 1500;

/** A block that is as long ends with the next sentence, or segment … */
const MANY_UNITS = 300;

/** … and at this length anywhere. */
const MOST_UNITS = 600;

/** Cuts a transcript at its silences, so that any length can be laid out piece by piece. */
export function* blocks(units: Iterable<TimedUnit>, recordingMs: number): Generator<Block> {
  let block: TimedUnit[] = [];
  for (const unit of units) {
    const last = block.at(-1);
    if (last !== undefined && endsBlock(last, unit, block.length)) {
      yield { units: block, nextStartMs: unit.startMs };
      block = [];
    }
    block.push(unit);
  }
  const last = block.at(-1);
  if (last === undefined) return;
  yield { units: block, nextStartMs: Math.max(recordingMs, last.endMs) + subtitleRules.gapMs };
}

function endsBlock(last: TimedUnit, next: TimedUnit, length: number): boolean {
  if (next.startMs - last.endMs >= SILENCE_MS || length >= MOST_UNITS) return true;
  return length >= MANY_UNITS && (last.endsSegment || endsSentence(last.text));
}
