import { describe, expect, it } from '@jest/globals';
import { ago, bytes, clock } from '../browser/state/words.ts';

describe('words', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_234_567, '1.2 MB'],
    [999_950, '1 MB'],
    [123_456_789, '123 MB'],
    [10e9, '10 GB'],
  ])('%d is %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  it.each([
    [0, '0:00'],
    [61.9, '1:01'],
    [3723, '1:02:03'],
    [-1, '0:00'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });

  it.each([
    [30, 'just now'],
    [90, '1 minute ago'],
    [7300, '2 hours ago'],
    [86_400 * 1.5, 'yesterday'],
    [86_400 * 30, 'Oct 22, 2026'],
  ])('%d seconds ago is %s', (seconds, text) => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
  });
});
