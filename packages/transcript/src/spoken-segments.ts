import type { Transcript } from '@clipscribe/contracts';
import { cleanText, isVisible } from './clean-text.ts';
import { milliseconds } from './milliseconds.ts';
import { segmentsFromWords } from './segments-from-words.ts';
import type { SpokenSegment } from './spoken-segment.ts';

/** The text of a transcript: its segments, or for an engine that gives nothing but words what these make. */
export function* spokenSegments(transcript: Transcript): Generator<SpokenSegment> {
  let spoken = false;
  for (const { start, end, text } of transcript.segments) {
    const clean = cleanText(text);
    if (!isVisible(clean)) continue;
    spoken = true;
    yield { startMs: milliseconds(start), endMs: milliseconds(Math.max(start, end)), text: clean };
  }
  if (!spoken) yield* segmentsFromWords(transcript.words ?? []);
}
