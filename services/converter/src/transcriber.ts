import type { Transcript } from '@clipscribe/contracts';

export interface SpeechRequest {
  /** FLAC, 16 kHz mono. */
  path: string;
  durationSeconds: number;
  /** A code of `languages`; absent means the engine detects it. */
  language?: string;
  /** The owner's words to expect. */
  prompt?: string;
  /** What was heard just before this audio, where that is known already; engines continue it. */
  previousText?: string;
}

/**
 * What an engine heard; times in seconds from the start of the given audio, in order and within it. The language is
 * the stated one, else the detected one.
 */
export type Heard = Pick<Transcript, 'language' | 'segments' | 'words'> & {
  /** How many requests for this audio were answered, each of which is paid for; one when absent. */
  answers?: number;
};

/** A speech engine. */
export interface Transcriber {
  engine: string;
  model: string | null;
  /** @throws JobFailure with a `PROVIDER_…`, `ENGINE_…` or `LANGUAGE_…` code */
  transcribe: (request: SpeechRequest, signal: AbortSignal) => Promise<Heard>;
}
