import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReplays } from './replays.ts';
import { tryClaim, type Claim } from './try-claim.ts';

/** Cases of a chapter with each of its two seeds. */
const CASES = 10_000;
/** Always the same, so that what was good once is not broken unseen. */
const FIXED_SEED = 20_260_707;
/** What fast-check takes: a whole number of 32 bits. */
const MAX_SEED = 2 ** 31 - 1;

/** Says that something holds for all values, and on how many it is tried with each seed. */
export type ForAll = <T>(cases: number, claim: Claim<T>) => void;

/**
 * A chapter of fuzzing: claims that are tried on 10,000 cases in all with a fixed seed, and on as many with a fresh one.
 * `FUZZ_SEED` repeats a fresh one. What failed once lies in `replays/<title>` beside the test, and is tried first.
 * @param folder of the test file
 */
export function describeChapter(folder: string, title: string, chapter: (forAll: ForAll) => void): void {
  const replayFolder = join(folder, 'replays', title);
  const replays = readReplays(replayFolder);
  const freshSeed = Number(process.env['FUZZ_SEED'] ?? randomInt(MAX_SEED));
  const seeds = { fixed: FIXED_SEED, fresh: freshSeed };
  const claims: string[] = [];
  let cases = 0;

  describe(`fuzzing: ${title}`, () => {
    let startedAt = 0;
    beforeAll(() => {
      startedAt = performance.now();
      // Before anything can go wrong, so that it is known also of a run that did not end.
      process.stdout.write(`fuzzing ${title}: FUZZ_SEED=${freshSeed}\n`);
    });

    chapter(<T>(count: number, claim: Claim<T>) => {
      claims.push(claim.claim);
      cases += count;
      // A replay was made by the arbitrary of its claim.
      const own = replays.filter((replay) => replay.claim === claim.claim).map(({ value }) => value as T);
      const trial = { cases: count, replays: own, folder: replayFolder };
      it.each(Object.entries(seeds))(`${claim.claim} (${count} cases, %s seed %d)`, async (_which, seed) => {
        await tryClaim(claim, { ...trial, seed });
      });
    });

    it(`has ${CASES} cases with each seed, and a claim for every replay`, () => {
      expect(cases).toBe(CASES);
      expect(claims).toEqual([...new Set(claims)]);
      expect(claims).toEqual(expect.arrayContaining(replays.map(({ claim }) => claim)));
    });

    afterAll(() => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(
        `fuzzing ${title}: ${cases} cases each with seed ${FIXED_SEED} and seed ${freshSeed}, ${replays.length} replays, ${seconds} s\n`,
      );
    });
  });
}
