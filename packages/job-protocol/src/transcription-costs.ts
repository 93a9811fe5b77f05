import type { TranscriptStage } from '@clipscribe/contracts';

/** Who heard a chunk, and how many seconds of audio it was asked for. */
export interface HeardBy {
  engine: string;
  model: string | null;
  seconds: number;
}

/** The transcript with one more answer of an engine; seconds are kept to the millisecond. */
export function withCosts(transcript: TranscriptStage, by: HeardBy | undefined): TranscriptStage {
  if (by === undefined) return transcript;
  const { engine, model, seconds } = by;
  const secondsTranscribed = Math.round(((transcript.secondsTranscribed ?? 0) + seconds) * 1000) / 1000;
  return { ...transcript, engine, ...(model === null ? {} : { model }), secondsTranscribed };
}

/** What the transcript has cost so far. */
export function costsOf({
  secondsTranscribed,
}: TranscriptStage): Pick<TranscriptStage, 'secondsTranscribed'> {
  return secondsTranscribed === undefined ? {} : { secondsTranscribed };
}
