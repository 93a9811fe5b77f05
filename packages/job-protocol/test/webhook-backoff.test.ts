import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_LIMIT_MS, webhookDelayMs } from '../src/index.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When attempts are made that all fail, in ms from the first one, each as soon as it may be. */
function attemptTimes(random: () => number, retryAfterMs?: number): number[] {
  const times = [0];
  for (;;) {
    const elapsedMs = times.at(-1) ?? 0;
    const delayMs = webhookDelayMs({ failures: times.length, elapsedMs, retryAfterMs }, random);
    if (delayMs === null) return times;
    times.push(elapsedMs + delayMs);
    if (times.length > 1000) throw new Error('it never ends');
  }
}

describe('the attempts of a day', () => {
  it('come quickly at first, then seldom, the last one as the day ends', () => {
    const waits = [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
    const times = [0];
    for (const wait of waits) times.push((times.at(-1) ?? 0) + wait);
    expect(attemptTimes(() => 0)).toEqual([...times, WEBHOOK_LIMIT_MS]);
  });

  it.each([0, 0.25, 0.5, 0.75, 1])('stay within the day, spread by jitter (%d)', (fraction) => {
    const times = attemptTimes(() => fraction);
    expect(times).toHaveLength(9);
    expect(times.at(-1)).toBe(WEBHOOK_LIMIT_MS);
    expect(times[1]).toBe(5 * SECOND * (1 + fraction / 10));
  });

  it('are not more when they are made late', () => {
    expect(webhookDelayMs({ failures: 1, elapsedMs: WEBHOOK_LIMIT_MS - 3000 }, () => 0)).toBe(3000);
    expect(webhookDelayMs({ failures: 1, elapsedMs: WEBHOOK_LIMIT_MS })).toBeNull();
    expect(webhookDelayMs({ failures: 1, elapsedMs: 3 * WEBHOOK_LIMIT_MS })).toBeNull();
  });
});

describe('Retry-After', () => {
  it('is not undercut', () => {
    expect(webhookDelayMs({ failures: 1, elapsedMs: 0, retryAfterMs: HOUR })).toBe(HOUR);
    expect(webhookDelayMs({ failures: 7, elapsedMs: 0, retryAfterMs: HOUR }, () => 0)).toBe(10 * HOUR);
  });

  it('does not put the last attempt off beyond the day', () => {
    const times = attemptTimes(() => 0, 365 * 24 * HOUR);
    expect(times).toEqual([0, WEBHOOK_LIMIT_MS]);
  });
});
