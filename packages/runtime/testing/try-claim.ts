import fc from 'fast-check';
import { keepReplay, replayText } from './replays.ts';

/** The search for a smaller counterexample ends before the test is given up, which would tell of none. */
const IN_TIME = { interruptAfterTimeLimit: 90_000, markInterruptAsFailure: true };

/** Something that must hold for every value. */
export interface Claim<T> {
  /** As a sentence; it also tells the replays of one claim from those of others. */
  claim: string;
  values: fc.Arbitrary<T>;
  /** Throws, or rejects, for a value for which it does not hold. */
  holds: (value: T) => void | Promise<void>;
}

export interface Trial<T> {
  cases: number;
  seed: number;
  /** Tried before the others. */
  replays: readonly T[];
  /** Where a failure is kept. */
  folder: string;
}

/**
 * Tries a claim on `cases` values that follow from the seed, after the replays.
 * @throws Error with seed, path and the smallest counterexample that was found, which is kept as a replay
 */
export async function tryClaim<T>({ claim, values, holds }: Claim<T>, trial: Trial<T>): Promise<void> {
  const { cases, seed, replays, folder } = trial;
  const property = fc.asyncProperty(values, async (value) => {
    await holds(value);
  });
  const examples = replays.map((value): [T] => [value]);
  const found = await fc.check(property, { seed, numRuns: cases + examples.length, examples, ...IN_TIME });
  if (!found.failed) return;
  if (found.counterexample === null)
    throw new Error(
      `"${claim}" could not be tried on ${cases} values: too many were skipped, or it takes too long`,
    );
  const [value] = found.counterexample;
  const kept = keepReplay(folder, { claim, value });
  throw new Error(
    [
      `"${claim}" does not hold: seed ${seed}, path ${found.counterexamplePath}, after ${found.numRuns} cases.`,
      `Again with FUZZ_SEED=${seed}. Kept as ${kept}:`,
      replayText({ claim, value }),
    ].join('\n'),
    { cause: found.errorInstance },
  );
}
