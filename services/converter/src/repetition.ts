import { deflateSync } from 'node:zlib';

/**
 * Speech models sometimes fall into a loop and write the same words over and over, in the place of what was said.
 * Two signs give it away: a phrase that follows itself again and again, and text that compresses too well.
 */
export interface Repetition {
  /** Indices of the texts that a loop runs through. */
  looped: ReadonlySet<number>;
  /** Letters and digits inside and outside of loops. */
  loopedLetters: number;
  soundLetters: number;
}

/** Half-open range of characters. */
type Span = readonly [from: number, to: number];

/** A phrase of up to `MAX_PERIOD` characters, this often in a row and over so many bytes, is said by no person. */
const MIN_REPEATS = 4;
const MIN_LOOP_BYTES = 60;
const MAX_PERIOD = 500;
/** What follows a loop may go on like it for a letter or two by chance. */
const MIN_SHARED = 10;

/**
 * Text of ordinary speech stays below this ratio. From Whisper, which decodes its window of 30 s again above it:
 * `compression_ratio_threshold` in whisper/transcribe.py of https://github.com/openai/whisper.
 */
const MAX_COMPRESSION_RATIO = 2.4;
/**
 * Characters of text as 30 s of slow speech hold. The ratio grows with the length: at this one, even licences, the
 * most repetitive prose there is, stay below it. It says nothing about short texts.
 */
const WINDOW = 300;
const MIN_WINDOW = 150;

/** Nobody speaks more in one chunk; what is beyond it is not looked at, so that no answer takes long to check. */
const MAX_CHECKED = 100_000;

/** Finds loops in texts that follow each other, such as the segments of a transcript. */
export function findRepetition(texts: readonly string[]): Repetition {
  const plain = texts.map(lettersOf);
  const text = plain.join(' ').slice(0, MAX_CHECKED);
  const inLoop = new Uint8Array(text.length);
  for (const [from, to] of repeatedSpans(text)) inLoop.fill(1, from, to);
  for (const [from, to] of compressibleSpans(text, inLoop)) inLoop.fill(1, from, to);
  const looped = new Set<number>();
  let start = 0;
  for (const [index, { length }] of plain.entries()) {
    const inside = sum(inLoop.subarray(start, start + length));
    if (inside > 0 && inside >= Math.min(length / 2, MIN_SHARED)) looped.add(index);
    start += length + 1;
  }
  const loopedLetters = sum(inLoop);
  return { looped, loopedLetters, soundLetters: plain.join(' ').length - loopedLetters };
}

function sum(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0);
}

/** Letters and digits in lower case, words parted by one space: case and punctuation do not hide a loop. */
function lettersOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Where a phrase follows itself: places where, for some period, every character equals the one a period later. */
function* repeatedSpans(text: string): Generator<Span> {
  const codes = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  for (let period = 1; period <= Math.min(MAX_PERIOD, text.length / MIN_REPEATS); period += 1) {
    let equal = 0;
    for (let index = 0; index <= codes.length - period; index += 1) {
      if (index + period < codes.length && codes[index] === codes[index + period]) {
        equal += 1;
        continue;
      }
      const span = [index - equal, index + period] as const;
      if (equal >= period * (MIN_REPEATS - 1) && bytesIn(text, span) >= MIN_LOOP_BYTES) yield span;
      equal = 0;
    }
  }
}

/** Bytes, because a character of Chinese says as much as several letters. */
function bytesIn(text: string, [from, to]: Span): number {
  return Buffer.byteLength(text.slice(from, to));
}

/** Where what is left between loops compresses too well: loops whose rounds differ a little. */
function* compressibleSpans(text: string, inLoop: Uint8Array): Generator<Span> {
  for (const [from, to] of stretchesOutside(inLoop)) {
    for (let start = from; start === from || start + WINDOW / 2 < to; start += WINDOW / 2) {
      const end = Math.min(start + WINDOW, to);
      if (end - start >= MIN_WINDOW && compressionRatio(text.slice(start, end)) > MAX_COMPRESSION_RATIO)
        yield [start, end];
    }
  }
}

function stretchesOutside(inLoop: Uint8Array): Span[] {
  const stretches: Span[] = [];
  for (let from = inLoop.indexOf(0); from !== -1;) {
    const next = inLoop.indexOf(1, from);
    const to = next === -1 ? inLoop.length : next;
    stretches.push([from, to]);
    from = inLoop.indexOf(0, to);
  }
  return stretches;
}

/**
 * Bytes of a text by bytes of it compressed. Each character counts one byte if it can: in UTF-8, scripts of two or
 * three bytes a letter would all seem repetitive.
 */
export function compressionRatio(text: string): number {
  const alphabet = new Map([...new Set(text)].map((character, index) => [character, index]));
  const bytes =
    alphabet.size <= 256
      ? Buffer.from(Array.from(text, (character) => alphabet.get(character) ?? 0))
      : Buffer.from(text, 'utf16le');
  return bytes.length / deflateSync(bytes).length;
}
