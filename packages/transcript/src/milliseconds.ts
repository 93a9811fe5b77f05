/** Some 31 years: what an engine says beyond that is nonsense, but must still be a number with three decimals. */
const MOST_MS = 1e12;

/** Seconds as whole milliseconds, the precision of every subtitle format. */
export function milliseconds(seconds: number): number {
  return Math.min(Math.round(seconds * 1000), MOST_MS);
}
