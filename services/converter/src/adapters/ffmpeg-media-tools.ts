import { stat } from 'node:fs/promises';
import { failures, JobFailure } from '@clipscribe/contracts';
import type { MediaTools, Mp3Request, Mp3Result } from '../media-tools.ts';
import { verdict } from '../verdict.ts';
import { FfmpegError, runFfmpeg, type FfmpegRequest, type FfmpegResult, type Length } from './ffmpeg-run.ts';
import { probe } from './ffprobe.ts';
import { mp3Options } from './mp3-options.ts';
import { readDuration } from './read-duration.ts';

/** An output shorter than this share of what the file declares holds only a part of the sound. */
const COMPLETE = 0.95;
/** Shorter output than this is no recording. */
const MIN_SECONDS = 0.02;

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
    let total = 0;
    const { durationSeconds, complete } = await this.#convert({
      input: request.input,
      output: request.output,
      outputOptions: mp3Options(request),
      signal: request.signal,
      onInput: ({ seconds }) => {
        total = seconds;
      },
      onPosition: (seconds) => {
        if (total > 0) request.onProgress(Math.min(seconds / total, 1));
      },
    });
    if (complete) return { durationSeconds };
    return {
      durationSeconds,
      problem: { code: 'INCOMPLETE_OUTPUT', reason: failures.INCOMPLETE_OUTPUT.reason },
    };
  }

  async toSpeech(request: {
    input: string;
    output: string;
    signal: AbortSignal;
  }): Promise<{ durationSeconds: number }> {
    const codec = request.output.endsWith('.wav')
      ? ['-c:a', 'pcm_s16le', '-f', 'wav']
      : ['-c:a', 'flac', '-f', 'flac'];
    return this.#convert({ ...request, outputOptions: ['-ac', '1', '-ar', '16000', ...codec] });
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
