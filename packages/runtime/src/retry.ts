const SECOND = 1000;

/** Waits between the attempts of one step; the last is repeated (RELIABILITY: 30 s, 2 min, 10 min, 1 h). */
const BACKOFF_MS = [30 * SECOND, 120 * SECOND, 600 * SECOND, 3600 * SECOND] as const;

/** After so many failed attempts a transient failure is final. */
export const MAX_ATTEMPTS = 8;

const JITTER = 0.2;
const MAX_RETRY_AFTER_MS = 24 * 3600 * SECOND;

/**
 * How long to wait after failed attempt number `attempt` (from 1), in milliseconds.
 * `retryAfterMs` is what the other side asked for; it is not undercut, up to a day.
 */
export function backoffMs(attempt: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const base = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1] ?? BACKOFF_MS[0];
  const jittered = base * (1 + JITTER * (2 * random() - 1));
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}

/** A failure that only the operator can end is waited for so long, then final. */
export const PARK_LIMIT_MS = 7 * 24 * 3600 * SECOND;

/** How long to wait before the next try while parked: an hour, or what the other side asked for if that is more. */
export function parkMs(retryAfterMs = 0, random: () => number = Math.random): number {
  return backoffMs(BACKOFF_MS.length, retryAfterMs, random);
}
