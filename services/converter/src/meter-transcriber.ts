import type { Metrics } from '@clipscribe/runtime';
import type { Transcriber } from './transcriber.ts';

/** The engine, with every second of audio counted that it was asked for and gave an answer to. */
export function meterTranscriber(
  transcriber: Transcriber,
  seconds: Metrics['transcribedSeconds'],
): Transcriber {
  const { engine, model } = transcriber;
  return {
    engine,
    model,
    transcribe: async (request, signal) => {
      const heard = await transcriber.transcribe(request, signal);
      seconds.inc({ engine, model: model ?? '' }, request.durationSeconds * (heard.answers ?? 1));
      return heard;
    },
  };
}
