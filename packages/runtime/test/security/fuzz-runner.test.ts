import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseReplay, readReplays, replayText, tryClaim, type Claim } from '@clipscribe/runtime/testing';
import fc from 'fast-check';

describe('replays', () => {
  it('come back from their files as they were', () => {
    const odd = {
      ...{ bytes: Uint8Array.of(0, 13, 128, 255), half: '\ud83d', zero: -0, none: undefined },
      list: [Number.NaN, Infinity, -Infinity, 1e-7, 'é\0', null, true, undefined],
      ['__proto__']: { $odd: 1 },
    };
    expect(parseReplay(replayText({ claim: 'a claim', value: odd }))).toStrictEqual({
      claim: 'a claim',
      value: odd,
    });
  });
});

describe('a claim', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function below(limit: number, seen: number[] = []): Claim<number> {
    const holds = (value: number): void => {
      seen.push(value);
      if (value >= limit) throw new RangeError(`${value} is too much`);
    };
    return { claim: `numbers are below ${limit}`, values: fc.nat(10_000), holds };
  }

  it('that holds is tried on as many values as it should be, the replays before', async () => {
    const seen: number[] = [];
    await tryClaim(below(20_000, seen), { cases: 50, seed: 1, replays: [3, 4], folder });
    expect(seen).toHaveLength(52);
    expect(seen.slice(0, 2)).toEqual([3, 4]);
    expect(readReplays(folder)).toEqual([]);
  });

  it('is tried on the same values with the same seed, and on others with another', async () => {
    const runs: number[][] = [];
    for (const seed of [1, 1, 2]) {
      const seen: number[] = [];
      await tryClaim(below(20_000, seen), { cases: 50, seed, replays: [], folder });
      runs.push(seen);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  it('that does not hold is told with its seed and the smallest value, which is kept', async () => {
    const trying = tryClaim(below(100), { cases: 200, seed: 7, replays: [], folder });
    await expect(trying).rejects.toThrow(/seed 7, path [\d:]+, after[^]*FUZZ_SEED=7[^]*"value": 100\n/);
    expect(readReplays(folder)).toEqual([{ claim: 'numbers are below 100', value: 100 }]);
  });

  it('fails by a replay alone', async () => {
    const trying = tryClaim(below(20_000), { cases: 1, seed: 7, replays: [20_001], folder });
    await expect(trying).rejects.toThrow('does not hold');
  });
});
