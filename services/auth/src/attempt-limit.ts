/** So many attempts within a time, at any moment. */
export interface AttemptLimit {
  most: number;
  windowMs: number;
}

/**
 * Those of the times that still count, the earliest first. Times further in the future than the window is long come
 * from a clock that was wrong, and must not lock anybody out for as long as it was.
 */
export function counted(times: readonly number[], now: number, { windowMs }: AttemptLimit): number[] {
  return times
    .filter((time) => Math.abs(now - time) < windowMs)
    .toSorted((earlier, later) => earlier - later);
}

/** When one more attempt may be made, ms since the epoch; null for at once. `times` are counted ones. */
export function freeAt(times: readonly number[], { most, windowMs }: AttemptLimit): number | null {
  const first = times.at(-most);
  return times.length < most || first === undefined ? null : first + windowMs;
}
