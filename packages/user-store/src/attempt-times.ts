/** Times of attempts, ms since the epoch, as the text that is stored and compared. Never empty: no times, no row. */
export function timesText(times: readonly number[]): string {
  return times.join(',');
}

/** The reverse. */
export function parseTimes(text: unknown): number[] {
  return String(text).split(',').map(Number);
}
