import { describe, expect, it } from '@jest/globals';
import { backoffMs, parkMs } from '../src/index.ts';

const even = () => 0.5;
const HOUR = 3_600_000;

describe('backoffMs', () => {
  it('grows to an hour, and stays there', () => {
    const waits = [1, 2, 3, 4, 5, 7].map((attempt) => backoffMs(attempt, 0, even));
    expect(waits).toEqual([30_000, 120_000, 600_000, HOUR, HOUR, HOUR]);
  });

  it.each([0, 0.25, 1])('differs by a fifth at most: %p', (random) => {
    expect(Math.abs(backoffMs(1, 0, () => random) - 30_000)).toBeLessThanOrEqual(6000);
  });

  it.each([
    [1, 45_000, 45_000],
    [1, 10_000, 30_000],
    [4, 2 * HOUR, 2 * HOUR],
    [1, 1000 * HOUR, 24 * HOUR],
  ])('attempt %i waits as long as it was asked to: %i ms', (attempt, asked, expected) => {
    expect(backoffMs(attempt, asked, even)).toBe(expected);
  });
});

describe('parkMs', () => {
  it('is an hour, or what was asked for if that is more, up to a day', () => {
    expect([0, 1000, 5 * HOUR, 100 * HOUR].map((asked) => parkMs(asked, even))).toEqual([
      HOUR,
      HOUR,
      5 * HOUR,
      24 * HOUR,
    ]);
  });
});
