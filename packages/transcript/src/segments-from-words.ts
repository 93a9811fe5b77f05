import type { Transcript } from '@clipscribe/contracts';
import { cleanText, isVisible } from './clean-text.ts';
import { milliseconds } from './milliseconds.ts';
import { endsSentence, hasNoSpaces } from './scripts.ts';
import type { SpokenSegment } from './spoken-segment.ts';

type Word = NonNullable<Transcript['words']>[number];

/** A silence that ends a segment, in milliseconds. */
const PAUSE_MS = 1000;

/** A segment ends here even in the middle of a sentence. */
const MOST_WORDS = 100;

/** Groups words into segments, at the ends of sentences and at pauses. */
export function* segmentsFromWords(words: readonly Word[]): Generator<SpokenSegment> {
  let group: Word[] = [];
  for (const [index, word] of words.entries()) {
    group.push(word);
    const next = words[index + 1];
    if (next !== undefined && group.length < MOST_WORDS && !endsAt(word, next)) continue;
    const segment = asSegment(group);
    if (isVisible(segment.text)) yield segment;
    group = [];
  }
}

function endsAt(word: Word, next: Word): boolean {
  return milliseconds(next.start) - milliseconds(word.end) >= PAUSE_MS || endsSentence(word.text.trim());
}

function asSegment(words: readonly Word[]): SpokenSegment {
  const startMs = milliseconds(words[0]?.start ?? 0);
  const endMs = Math.max(startMs, milliseconds(words.at(-1)?.end ?? 0));
  return { startMs, endMs, text: cleanText(joinWords(words.map(({ text }) => text))) };
}

/** Some engines hand out words with the space before them, others without any. */
function joinWords(words: readonly string[]): string {
  if (words.slice(1).some((word) => /^\s|\s$/u.test(word))) return words.join('');
  return words.reduce(
    (text, word) => `${text}${hasNoSpaces(text.slice(-2)) && hasNoSpaces(word) ? '' : ' '}${word}`,
  );
}
