import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../seeded-random.ts';

describe('random numbers by a seed', () => {
  it('stay what they are: a seed that was noted down is worth something', () => {
    const random = new SeededRandom('2f6c01aa');
    const first = Array.from({ length: 4 }, () => random.below(1000));
    const again = new SeededRandom('2f6c01aa');
    expect(Array.from({ length: 4 }, () => again.below(1000))).toEqual(first);
    expect(first).toEqual([252, 383, 25, 195]);
  });

  it('are even', () => {
    const random = new SeededRandom('even');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let rolls = 0; rolls < 10_000; rolls += 1) {
      const face = random.below(10);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('do not depend on what another one by name was asked for', () => {
    const [one, other] = [new SeededRandom('seed'), new SeededRandom('seed')];
    one.fork('a').between(0, 1);
    one.between(0, 1);
    expect(one.fork('b').between(0, 1)).toBe(other.fork('b').between(0, 1));
    expect(one.fork('a').between(0, 1)).not.toBe(one.fork('b').between(0, 1));
  });

  it('pick by weight, and never what has none', () => {
    const random = new SeededRandom('weights');
    const picked = Array.from({ length: 3000 }, () => random.weighted({ often: 2, seldom: 1, never: 0 }));
    const often = picked.filter((name) => name === 'often').length;
    expect(picked).not.toContain('never');
    expect(often).toBeGreaterThan(1800);
    expect(often).toBeLessThan(2200);
    expect(() => random.pick([])).toThrow(RangeError);
  });

  it('shuffle without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = new SeededRandom('cards').shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((one, other) => one - other)).toEqual(items);
  });
});
