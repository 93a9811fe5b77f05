import type { Failure, Quality } from '@clipscribe/contracts';
import type { Stretch } from './voice-activity.ts';

export interface Mp3Request {
  input: string;
  output: string;
  quality: Quality;
  title: string;
  artist: string;
  signal: AbortSignal;
  /** Called with 0 to 1, from the position in the recording. */
  onProgress: (progress: number) => void;
}

export interface Mp3Result {
  durationSeconds: number;
  /** Set when only a part of the sound could be read; the MP3 holds that part. */
  problem?: Failure;
}

export interface SpeechFileRequest {
  input: string;
  output: string;
  signal: AbortSignal;
  /** Called with 0 to 1, from the position in the recording. */
  onProgress?: (progress: number) => void;
}

export interface SpeechPartRequest {
  input: string;
  output: string;
  part: Stretch;
  signal: AbortSignal;
}

/** What the converter needs of ffmpeg. Every method throws JobFailure with the code that the owner is shown. */
export interface MediaTools {
  /** Turns the first sound track into an MP3 with tags of our own. */
  toMp3: (request: Mp3Request) => Promise<Mp3Result>;
  /** Extracts the sound as speech engines want it: 16 kHz, mono, FLAC or WAV by the name of the output. */
  toSpeech: (request: SpeechFileRequest) => Promise<{ durationSeconds: number }>;
  /** Copies a part out of a file of `toSpeech`, as FLAC, exact to the sample. */
  cutSpeech: (request: SpeechPartRequest) => Promise<void>;
  /**
   * The samples of a part of a file of `toSpeech` and nothing else: 16 kHz, mono, signed 16 bits in the machine's own
   * order. Loud and quiet speakers are evened out.
   */
  toSamples: (request: SpeechPartRequest) => Promise<void>;
}
