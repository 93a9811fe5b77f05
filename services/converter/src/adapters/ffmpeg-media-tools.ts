import { stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { failures, JobFailure } from '@clipscribe/contracts';
import type {
  MediaTools,
  Mp3Request,
  Mp3Result,
  SpeechFileRequest,
  SpeechPartRequest,
} from '../media-tools.ts';
import { isDiskFull, verdict } from '../verdict.ts';
import { FfmpegError, runFfmpeg, type FfmpegRequest, type FfmpegResult, type Length } from './ffmpeg-run.ts';
import { probe } from './ffprobe.ts';
import { mp3Options } from './mp3-options.ts';
import { readDuration } from './read-duration.ts';

/** An output shorter than this share of what the file declares holds only a part of the sound. */
const COMPLETE = 0.95;
/** Shorter output than this is no recording. */
const MIN_SECONDS = 0.02;

const flac = ['-c:a', 'flac', '-f', 'flac'];

/** Amplifies what is quiet for some seconds by up to 40 dB: who sits far from the microphone counts as well. */
const EVENED_OUT = 'dynaudnorm=f=500:g=31:m=100:p=0.5';
const samplesFormat = endianness() === 'LE' ? 's16le' : 's16be';
const samplesCodec = `pcm_${samplesFormat}`;

type Conversion = Omit<FfmpegRequest, 'strict' | 'maxSeconds'>;

interface Output {
  durationSeconds: number;
  complete: boolean;
}

/**
 * ffmpeg as the media tools. A conversion is tried straight away, since most files are sound: ffmpeg states what
 * it found while it already works. Only what does not convert cleanly is probed, for the reason.
 */
export class FfmpegMediaTools implements MediaTools {
  readonly #prefix: readonly string[];
  readonly #maxSeconds: number;

  /** `prefix` confines ffprobe; ffmpeg itself is started by the launcher that was set. */
  constructor(options: { prefix: readonly string[]; maxDurationSeconds: number }) {
    this.#prefix = options.prefix;
    this.#maxSeconds = options.maxDurationSeconds;
  }

  async toMp3(request: Mp3Request): Promise<Mp3Result> {
    const { durationSeconds, complete } = await this.#convert({
      input: request.input,
      output: request.output,
      outputOptions: mp3Options(request),
      signal: request.signal,
      ...shareOf(request.onProgress),
    });
    if (complete) return { durationSeconds };
    return {
      durationSeconds,
      problem: { code: 'INCOMPLETE_OUTPUT', reason: failures.INCOMPLETE_OUTPUT.reason },
    };
  }

  async toSpeech({
    input,
    output,
    signal,
    onProgress,
  }: SpeechFileRequest): Promise<{ durationSeconds: number }> {
    const codec = output.endsWith('.wav') ? ['-c:a', 'pcm_s16le', '-f', 'wav'] : flac;
    const outputOptions = ['-ac', '1', '-ar', '16000', ...codec];
    return this.#convert({ input, output, outputOptions, signal, ...shareOf(onProgress) });
  }

  async cutSpeech(request: SpeechPartRequest): Promise<void> {
    await copyPart(request, flac);
  }

  async toSamples(request: SpeechPartRequest): Promise<void> {
    await copyPart(request, ['-af', EVENED_OUT, '-c:a', samplesCodec, '-f', samplesFormat]);
  }

  /** Strictly first; a file with damage that can be read past is converted as far as it goes, and named so. */
  async #convert(conversion: Conversion): Promise<Output> {
    if ((await stat(conversion.input)).size === 0) throw new JobFailure('EMPTY_FILE');
    const strict = await this.#attempt(conversion, true);
    if (!(strict instanceof FfmpegError)) return this.#measure(conversion, strict);
    const failure = verdict({
      log: strict.log,
      stalled: strict.stalled,
      probe: await probe(this.#prefix, conversion.input, conversion.signal),
      maxDurationSeconds: this.#maxSeconds,
    });
    if (failure !== null) throw failure;
    const lenient = await this.#attempt(conversion, false);
    if (lenient instanceof FfmpegError) throw new JobFailure('CORRUPT_MEDIA', { cause: lenient });
    return { ...(await this.#measure(conversion, lenient)), complete: false };
  }

  async #attempt(conversion: Conversion, strict: boolean): Promise<FfmpegResult | FfmpegError> {
    const tooLong = new AbortController();
    const signal = AbortSignal.any([conversion.signal, tooLong.signal]);
    const onInput = (length: Length): void => {
      if (!length.guessed && length.seconds > this.#maxSeconds) tooLong.abort(new JobFailure('TOO_LONG'));
      conversion.onInput?.(length);
    };
    try {
      return await runFfmpeg({ ...conversion, signal, onInput, strict, maxSeconds: this.#maxSeconds + 1 });
    } catch (error) {
      if (error instanceof FfmpegError) return error;
      throw error;
    }
  }

  async #measure({ input, output, signal }: Conversion, { declaredSeconds }: FfmpegResult): Promise<Output> {
    const durationSeconds = await readDuration(output);
    if (durationSeconds < MIN_SECONDS) throw new JobFailure('EMPTY_OUTPUT');
    if (durationSeconds > this.#maxSeconds) throw new JobFailure('TOO_LONG');
    if (declaredSeconds === null || durationSeconds >= declaredSeconds * COMPLETE)
      return { durationSeconds, complete: true };
    // The container may well be longer than its sound: only the track's own length tells what is missing.
    const { sound } = await probe(this.#prefix, input, signal);
    const expected = sound?.durationSeconds ?? declaredSeconds;
    return { durationSeconds, complete: durationSeconds >= expected * COMPLETE };
  }
}

/** Damage in a file of our own is no matter of the owner's: only a full disk is told apart. */
async function copyPart(
  { part, ...request }: SpeechPartRequest,
  outputOptions: readonly string[],
): Promise<void> {
  const maxSeconds = toMicroseconds(part.end - part.start);
  try {
    await runFfmpeg({ ...request, outputOptions, strict: true, startSeconds: part.start, maxSeconds });
  } catch (error) {
    if (!(error instanceof FfmpegError)) throw error;
    throw new JobFailure(isDiskFull(error.log) ? 'STORAGE_FULL' : 'INTERNAL', { cause: error });
  }
}

/** Turns positions into shares of the whole, where its length is known. */
function shareOf(
  onProgress: ((progress: number) => void) | undefined,
): Pick<FfmpegRequest, 'onInput' | 'onPosition'> {
  let total = 0;
  return {
    onInput: ({ seconds }) => {
      total = seconds;
    },
    onPosition: (seconds) => {
      if (total > 0) onProgress?.(Math.min(seconds / total, 1));
    },
  };
}

/** The smallest unit of time that ffmpeg reads; a difference of two times has many more digits. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
