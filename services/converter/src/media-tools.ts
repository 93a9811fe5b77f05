import type { Failure, Quality } from '@clipscribe/contracts';

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

/** What the converter needs of ffmpeg. Every method throws JobFailure with the code that the owner is shown. */
export interface MediaTools {
  /** Turns the first sound track into an MP3 with tags of our own. */
  toMp3: (request: Mp3Request) => Promise<Mp3Result>;
  /** Extracts the sound as speech engines want it: 16 kHz, mono, FLAC or WAV by the name of the output. */
  toSpeech: (request: {
    input: string;
    output: string;
    signal: AbortSignal;
  }) => Promise<{ durationSeconds: number }>;
}
