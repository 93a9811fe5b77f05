import { describe, expect, it } from '@jest/globals';
import { counted, freeAt } from '../src/attempt-limit.ts';

const limit = { most: 3, windowMs: 1000 };
const now = 50_000;

describe('counted', () => {
  it.each([
    ['nothing', [], []],
    ['what is younger than the window', [49_000, 49_001, 50_000], [49_001, 50_000]],
    ['what a clock wrote that is ahead by less', [50_999], [50_999]],
    ['nothing of a clock that was wrong', [51_000, 9_000_000], []],
    ['in the order of time', [50_000, 49_500], [49_500, 50_000]],
  ])('has %s', (_what, times, expected) => {
    expect(counted(times, now, limit)).toEqual(expected);
  });
});

describe('freeAt', () => {
  it.each([
    ['at once when there were none', [], null],
    ['at once below the limit', [1, 2], null],
    ['when the first of the last three does not count any longer', [10, 20, 30], 1010],
    ['when fewer than three are left, where there were more', [1, 10, 20, 30], 1010],
  ])('is %s', (_what, times, expected) => {
    expect(freeAt(times, limit)).toBe(expected);
  });
});
