import { costOfBreak } from './break-costs.ts';
import { subtitleRules } from './subtitle-rules.ts';
import type { TimedUnit } from './timed-units.ts';

/** The lower line may rather be the longer one: it hides less of the picture. */
const TOP_HEAVY = 3;

/** The text of a cue on as few lines as it needs, broken where it reads best and in lines of like length. */
export function breakLines(units: readonly TimedUnit[]): string[] {
  const whole = columnsOf(units);
  if (whole <= subtitleRules.maxColumns) return [textOf(units)];
  let best = { cost: Infinity, first: units.length };
  for (let first = 1; first < units.length; first++) {
    const [last, next] = [units[first - 1], units[first]];
    if (last === undefined || next === undefined) break;
    const upper = columnsOf(units.slice(0, first));
    const cost = costOfLines(upper, whole - upper - next.gapColumns) + costOfBreak(last, next);
    if (cost < best.cost) best = { cost, first };
  }
  return [units.slice(0, best.first), units.slice(best.first)].filter(({ length }) => length > 0).map(textOf);
}

function costOfLines(upper: number, lower: number): number {
  if (Math.max(upper, lower) > subtitleRules.maxColumns) return Infinity;
  return Math.abs(upper - lower) + (upper > lower ? TOP_HEAVY : 0);
}

/** Columns on one line; the gap before the first unit is not shown. */
function columnsOf(units: readonly TimedUnit[]): number {
  const withGap = units.reduce((sum, { columns, gapColumns }) => sum + gapColumns + columns, 0);
  return withGap - (units[0]?.gapColumns ?? 0);
}

function textOf(units: readonly TimedUnit[]): string {
  return units.map(({ gap, text }, index) => (index === 0 ? text : gap + text)).join('');
}
