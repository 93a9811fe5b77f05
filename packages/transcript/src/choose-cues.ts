import type { Block } from './blocks.ts';
import { breakCost, costOfBreak, costOfGoingOn } from './break-costs.ts';
import { subtitleRules } from './subtitle-rules.ts';
import type { TimedUnit } from './timed-units.ts';

const { maxColumns, maxLines, maxMs, minMs, gapMs } = subtitleRules;

/** Every cue costs something, or else each word would get its own. */
const CUE = 10;

/** Cues of a sentence should be of like length: the price of an empty one, falling with the square of its filling. */
const EMPTY = 8;

/** More than all good breaks together can save: nobody can read it. */
const TOO_SHORT = 200;

/** A cue that can be seen for less than this is short, though within the rules. */
const SHORT_MS = 1500;
const SHORT = 5;

/** The best way to cut a block up to some unit: its cost, and the first unit of the last cue. */
interface Best {
  cost: number;
  from: number;
}

/** What is known of each place between a unit and the next one. */
interface Joint {
  breaking: number;
  goingOn: number;
}

/**
 * Divides a block into cues of at most two lines and 7 s so that the sum of the costs is the least possible, the way
 * a typesetter divides a paragraph into lines. The time taken grows with the length of the block.
 */
export function chooseCues(block: Block): TimedUnit[][] {
  const { units } = block;
  const joints = units.map((unit, index) => jointOf(unit, units[index + 1]));
  const best: Best[] = [{ cost: 0, from: 0 }];
  for (let from = 0; from < units.length; from++) addCuesFrom(from, block, joints, best);
  const cues: TimedUnit[][] = [];
  for (let until = units.length; until > 0;) {
    const from = best[until]?.from ?? 0;
    cues.push(units.slice(from, until));
    until = from;
  }
  return cues.reverse();
}

function jointOf(unit: TimedUnit, next: TimedUnit | undefined): Joint {
  if (next === undefined) return { breaking: breakCost.sentence, goingOn: 0 };
  return { breaking: costOfBreak(unit, next), goingOn: costOfGoingOn(unit, next) };
}

/** Notes every cue that can begin with a unit, where it is better than what is known. */
function addCuesFrom(from: number, block: Block, joints: readonly Joint[], best: Best[]): void {
  const { units, nextStartMs } = block;
  const startMs = units[from]?.startMs ?? 0;
  const room = new CueRoom();
  let before = (best[from]?.cost ?? Infinity) + CUE;
  for (let until = from + 1; until <= units.length; until++) {
    const [unit, joint] = [units[until - 1], joints[until - 1]];
    if (unit === undefined || joint === undefined) return;
    const fits = room.add(unit) && unit.endMs - startMs <= maxMs;
    // A single unit is never cut: it may be spoken for longer than a cue is shown.
    if (!fits && until > from + 1) return;
    const shownMs = (units[until]?.startMs ?? nextStartMs) - gapMs - startMs;
    const cost = before + joint.breaking + costOfLength(room.filled, shownMs);
    if (cost < (best[until]?.cost ?? Infinity)) best[until] = { cost, from };
    before += joint.goingOn;
  }
}

function costOfLength(filled: number, shownMs: number): number {
  const emptiness = EMPTY * (1 - filled) ** 2;
  if (shownMs < minMs) return emptiness + TOO_SHORT + (minMs - shownMs) / 10;
  return emptiness + (shownMs < SHORT_MS ? SHORT : 0);
}

/** Fills the lines of a cue, each as far as it goes. */
class CueRoom {
  #lines = 1;
  /** Of the present line; undefined while there is nothing on it. */
  #columns: number | undefined;
  #total = 0;

  /** Adds a unit; false when it does not fit any more. */
  add(unit: TimedUnit): boolean {
    this.#total += unit.columns;
    const before = this.#columns === undefined ? 0 : this.#columns + unit.gapColumns;
    const onSameLine = before + unit.columns;
    if (onSameLine <= maxColumns) {
      this.#columns = onSameLine;
      return true;
    }
    this.#lines++;
    this.#columns = unit.columns;
    return this.#lines <= maxLines && unit.columns <= maxColumns;
  }

  /** 0 to 1. */
  get filled(): number {
    return Math.min(this.#total / (maxLines * maxColumns), 1);
  }
}
