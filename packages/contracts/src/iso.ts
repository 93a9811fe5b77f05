/** A time in ms since the epoch as the API writes it (ISO 8601, UTC). */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
