/** Something with a place in time, in seconds. */
export interface Spoken {
  /** Comparable: equal words have equal texts. */
  text: string;
  start: number;
  end: number;
}

/** Words that two lists have in common, one after the other. */
export interface Run {
  /** Where it begins in each list. */
  before: number;
  after: number;
  length: number;
}

/**
 * The longest run of equal words that were spoken at the same time, give or take `tolerance` seconds; of several, the
 * one nearest to `middle`. Null when not one word is in both lists.
 */
export function longestCommonRun(
  before: readonly Spoken[],
  after: readonly Spoken[],
  { tolerance, middle }: { tolerance: number; middle: number },
): Run | null {
  let best: { run: Run; distance: number } | null = null;
  // `lengths[j]` is the length of the run that ends with the last word taken of `before` and word j of `after`.
  let lengths: number[] = [];
  for (const [i, word] of before.entries()) {
    const next: number[] = [];
    for (const [j, other] of after.entries()) {
      const isSame = word.text === other.text && Math.abs(word.start - other.start) <= tolerance;
      const length = isSame ? (lengths[j - 1] ?? 0) + 1 : 0;
      next.push(length);
      if (length === 0 || length < (best?.run.length ?? 0)) continue;
      const run = { before: i - length + 1, after: j - length + 1, length };
      const distance = Math.abs((before[run.before]?.start ?? 0) + word.end - 2 * middle);
      if (best === null || length > best.run.length || distance < best.distance) best = { run, distance };
    }
    lengths = next;
  }
  return best?.run ?? null;
}
