import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { orderTimes } from '../src/order-times.ts';

const time = fc.double({ noNaN: true, noDefaultInfinity: true });
const items = fc.array(fc.record({ start: time, end: time, text: fc.string() }));
const length = fc.double({ min: 0, max: 1e6, noNaN: true });

describe('orderTimes', () => {
  it('gives times in order and in the recording, and keeps the text as it is', () => {
    fc.assert(
      fc.property(items, length, (given, seconds) => {
        const ordered = orderTimes(given, seconds);
        expect(ordered.map(({ text }) => text)).toEqual(given.map(({ text }) => text));
        let last = 0;
        for (const { start, end } of ordered) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThanOrEqual(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(seconds);
      }),
    );
  });

  it('leaves times alone that are in order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (times) => {
        const sorted = [...times].sort((a, b) => a - b);
        const given = Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => ({
          start: sorted[2 * index] ?? 0,
          end: sorted[2 * index + 1] ?? 0,
        }));
        expect(orderTimes(given, 100)).toEqual(given);
      }),
    );
  });

  it.each([
    ['a little below zero', [[-0.02, 1]], [[0, 1]]],
    ['beyond the end', [[8, 14]], [[8, 10]]],
    [
      'overlapping',
      [
        [0, 5],
        [4, 6],
      ],
      [
        [0, 4],
        [4, 6],
      ],
    ],
    ['backwards', [[5, 3]], [[5, 5]]],
    [
      'out of order',
      [
        [6, 7],
        [2, 8],
      ],
      [
        [6, 6],
        [6, 8],
      ],
    ],
    ['wholly outside', [[20, 30]], [[10, 10]]],
  ])('mends times that are %s', (_name, given, expected) => {
    const pairs = given.map(([start = 0, end = 0]) => ({ start, end }));
    expect(orderTimes(pairs, 10).map(({ start, end }) => [start, end])).toEqual(expected);
  });
});
