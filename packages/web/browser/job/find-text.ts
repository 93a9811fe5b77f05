import type { Sentence } from './align-words.ts';

/** Where something is said: from a character of a sentence's text to another one. */
export interface Hit {
  sentence: number;
  from: number;
  to: number;
}

/** More would not be looked at one after the other. */
const MOST = 2000;

/** All places where the text is said, without case. Empty for less than two characters. */
export function findText(sentences: readonly Sentence[], wanted: string): Hit[] {
  const needle = wanted.trim().replace(/\s+/g, ' ').toLowerCase();
  if (needle.length < 2) return [];
  const hits: Hit[] = [];
  for (const [sentence, { text }] of sentences.entries()) {
    const lower = text.toLowerCase();
    // Letters whose lower case is longer would shift the places; they are found, and marked a little off.
    for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, at + needle.length)) {
      hits.push({ sentence, from: at, to: at + needle.length });
      if (hits.length === MOST) return hits;
    }
  }
  return hits;
}
