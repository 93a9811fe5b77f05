import { describe, expect, it } from '@jest/globals';
import { ArrivalRate } from '../src/upload/arrival-rate.ts';

const MINUTE = 60_000;

describe('ArrivalRate', () => {
  it('lets a sender of just the floor go on for hours', () => {
    const rate = new ArrivalRate(MINUTE);
    for (let second = 0; second < 2 * 3600; second += 1) expect(rate.keepsUp(1000, 1000)).toBe(true);
  });

  it('ends a trickle at the end of its first window, and not before', () => {
    const rate = new ArrivalRate(MINUTE);
    for (let second = 1; second < 60; second += 1) expect(rate.keepsUp(1000, 999)).toBe(true);
    expect(rate.keepsUp(1000, 999)).toBe(false);
  });

  it('does not let a burst pay for a silence of more than a window', () => {
    const rate = new ArrivalRate(MINUTE);
    expect(rate.keepsUp(10, 1e9)).toBe(true);
    expect(rate.leftMs).toBe(MINUTE - 10);
    expect(rate.keepsUp(rate.leftMs, 0)).toBe(true);
    expect(rate.keepsUp(rate.leftMs, 0)).toBe(false);
  });

  it('evens out pauses within a window', () => {
    const rate = new ArrivalRate(MINUTE);
    for (let window = 0; window < 10; window += 1) {
      expect(rate.keepsUp(50_000, 0)).toBe(true);
      expect(rate.keepsUp(10_000, 60_000)).toBe(true);
    }
  });

  it('measures a wait longer than the window by its own length', () => {
    expect(new ArrivalRate(MINUTE).keepsUp(10 * MINUTE, 60_000)).toBe(false);
    expect(new ArrivalRate(MINUTE).keepsUp(10 * MINUTE, 600_000)).toBe(true);
  });
});
