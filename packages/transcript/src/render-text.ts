import type { Transcript } from '@clipscribe/contracts';
import { spokenSegments } from './spoken-segments.ts';

/** Plain text: a line a segment. */
export function* renderText(transcript: Transcript): Generator<string> {
  for (const { text } of spokenSegments(transcript)) yield `${text}\n`;
}

/** Tab-separated values as Whisper's command line writes them: a row a segment, times in milliseconds. */
export function* renderTsv(transcript: Transcript): Generator<string> {
  yield 'start\tend\ttext\n';
  for (const { startMs, endMs, text } of spokenSegments(transcript)) {
    yield `${String(startMs)}\t${String(endMs)}\t${text}\n`;
  }
}
