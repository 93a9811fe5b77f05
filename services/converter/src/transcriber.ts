import type { Transcript } from '@clipscribe/contracts';

export interface SpeechRequest {
  /** FLAC, 16 kHz mono. */
  path: string;
  durationSeconds: number;
  /** ISO 639-1; absent means the engine detects it. */
  language?: string;
  prompt?: string;
}

/** What an engine heard; times in seconds from the start of the given audio. */
export type Heard = Pick<Transcript, 'language' | 'segments' | 'words'>;

/** A speech engine. */
export interface Transcriber {
  engine: string;
  model: string | null;
  /** @throws JobFailure with a `PROVIDER_…`, `ENGINE_…` or `LANGUAGE_…` code */
  transcribe: (request: SpeechRequest, signal: AbortSignal) => Promise<Heard>;
}
