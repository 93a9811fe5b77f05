import type { Transcript } from '@clipscribe/contracts';
import { joinParts, type Part } from './join-parts.ts';
import { orderTimes } from './order-times.ts';
import type { Heard } from './transcriber.ts';
import type { Stretch } from './voice-activity.ts';

/** What an engine heard in one chunk. */
export interface ChunkResult {
  startSeconds: number;
  endSeconds: number;
  /** Where in the recording nobody speaks, as far as it is in this chunk. */
  quiet?: readonly Stretch[];
  heard: Heard;
}

interface Timed {
  start: number;
  end: number;
}

/** On a segment that lies where nobody speaks: engines tend to invent words there, yet the detector may be wrong. */
const NO_VOICE = 'no-voice';

/** Puts the chunks' results into one transcript, with times from the start of the recording. */
export function assembleTranscript(
  results: readonly ChunkResult[],
  about: { engine: string; model: string | null; durationSeconds: number; stated: string | undefined },
): Transcript {
  const parts = joinParts(results.map(placeResult));
  const { engine, model, durationSeconds, stated } = about;
  const inOrder = <T extends Timed>(items: readonly T[]): T[] => orderTimes(items, durationSeconds);
  return {
    v: 1,
    engine,
    model,
    language: stated ?? results.find(({ heard }) => heard.language !== null)?.heard.language ?? null,
    durationSeconds,
    segments: inOrder(parts.flatMap(({ segments }) => segments)),
    ...(parts.some(({ words }) => words) ? { words: inOrder(parts.flatMap(({ words = [] }) => words)) } : {}),
  };
}

function placeResult({ startSeconds: start, endSeconds: end, heard, quiet = [] }: ChunkResult): Part {
  const place = <T extends Timed>(items: readonly T[]): T[] =>
    items.map((item) => ({
      ...item,
      start: Math.min(toMilliseconds(item.start + start), end),
      end: Math.min(toMilliseconds(item.end + start), end),
    }));
  const segments = place(heard.segments).map((segment) =>
    quiet.some((stretch) => stretch.start <= segment.start && segment.end <= stretch.end)
      ? { ...segment, flags: [...(segment.flags ?? []), NO_VOICE] }
      : segment,
  );
  return { start, end, segments, ...(heard.words === undefined ? {} : { words: place(heard.words) }) };
}

/** A sum of two times has many more digits than either. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
