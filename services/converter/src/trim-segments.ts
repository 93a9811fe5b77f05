import type { Transcript } from '@clipscribe/contracts';
import { countLetters, splitAfterLetters } from './letters.ts';

type Segment = Transcript['segments'][number];

/** Takes so many letters from the end of the text; what is left of a segment ends at `end`, in seconds. */
export function trimEnd(segments: readonly Segment[], letters: number, end: number): Segment[] {
  const kept = [...segments];
  let rest = letters;
  for (let last = kept.pop(); last !== undefined; last = kept.pop()) {
    const count = countLetters(last.text);
    if (rest === 0) return [...kept, last];
    if (count <= rest) {
      rest -= count;
      continue;
    }
    const [text] = splitAfterLetters(last.text, count - rest);
    return [...kept, { ...last, text, end: clamp(end, last) }];
  }
  return [];
}

/** Takes so many letters from the beginning of the text; what is left of a segment begins at `start`, in seconds. */
export function trimStart(segments: readonly Segment[], letters: number, start: number): Segment[] {
  let rest = letters;
  for (const [index, first] of segments.entries()) {
    const count = countLetters(first.text);
    if (rest === 0) return segments.slice(index);
    if (count <= rest) {
      rest -= count;
      continue;
    }
    const [, text] = splitAfterLetters(first.text, rest);
    return [{ ...first, text, start: clamp(start, first) }, ...segments.slice(index + 1)];
  }
  return [];
}

function clamp(seconds: number, { start, end }: Segment): number {
  return Math.min(Math.max(seconds, start), end);
}
