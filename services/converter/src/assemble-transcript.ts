import type { Transcript } from '@clipscribe/contracts';
import type { Heard } from './transcriber.ts';

interface Timed {
  start: number;
  end: number;
}

/** Puts the chunks' results into one transcript, with times from the start of the recording. */
export function assembleTranscript(
  results: readonly { startSeconds: number; heard: Heard }[],
  about: { engine: string; model: string | null; durationSeconds: number; stated: string | undefined },
): Transcript {
  const words = results.flatMap(({ startSeconds, heard }) => shift(heard.words ?? [], startSeconds));
  return {
    v: 1,
    engine: about.engine,
    model: about.model,
    language: about.stated ?? results.find(({ heard }) => heard.language !== null)?.heard.language ?? null,
    durationSeconds: about.durationSeconds,
    segments: results.flatMap(({ startSeconds, heard }) => shift(heard.segments, startSeconds)),
    ...(results.some(({ heard }) => heard.words) ? { words } : {}),
  };
}

function shift<T extends Timed>(items: readonly T[], seconds: number): T[] {
  return items.map((item) => ({ ...item, start: item.start + seconds, end: item.end + seconds }));
}
