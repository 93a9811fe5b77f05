/**
 * Share of words that have to be put in, left out or replaced to get from what was said to what was heard
 * (edit distance over words, divided by the words said). 0 is perfect; it can be above 1.
 */
export function wordErrorRate(said: string, heard: string): number {
  const [expected, actual] = [wordsOf(said), wordsOf(heard)];
  // `row[j]` is the distance between the words of `expected` so far and the first j of `actual`.
  let row = Array.from({ length: actual.length + 1 }, (_, index) => index);
  for (const word of expected) {
    const next = [(row[0] ?? 0) + 1];
    for (const [index, other] of actual.entries()) {
      const replaced = (row[index] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / expected.length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}
