const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A receiver is tried for a day, then given up until its owner asks for a replay. */
export const WEBHOOK_LIMIT_MS = 24 * HOUR;

/** Waits after the first failed attempt, the second and so on: quick for a restart, patient for a night's outage. */
const BACKOFF_MS = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  // The last one is cut to what the day has left.
  10 * HOUR,
] as const;

/** Each wait is up to a tenth longer, so that what failed together does not come back together. */
const JITTER = 0.1;

export interface WebhookRetry {
  /** Failed attempts so far, from 1. */
  failures: number;
  /** How much of the day has passed, in ms. */
  elapsedMs: number;
  /** What the receiver asked for. */
  retryAfterMs?: number | undefined;
}

/** How long to wait for the next attempt, in ms, or null when there will be none. The last one is when the day ends. */
export function webhookDelayMs(retry: WebhookRetry, random: () => number = Math.random): number | null {
  const base = BACKOFF_MS[retry.failures - 1];
  const leftMs = WEBHOOK_LIMIT_MS - retry.elapsedMs;
  if (base === undefined || leftMs <= 0) return null;
  const wanted = Math.max(base * (1 + JITTER * random()), retry.retryAfterMs ?? 0);
  return Math.round(Math.min(wanted, leftMs));
}
