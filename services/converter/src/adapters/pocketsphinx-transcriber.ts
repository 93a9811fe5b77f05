import { dirname, join } from 'node:path';
import { JobFailure } from '@clipscribe/contracts';
import type { MediaTools } from '../media-tools.ts';
import { parsePocketsphinx } from '../parse-pocketsphinx.ts';
import type { Heard, SpeechRequest, Transcriber } from '../transcriber.ts';
import { runTool } from './run-tool.ts';
import { writeWarmedUp } from './warmed-up-samples.ts';

/** Recognition takes about a fifth of the recording's length on one core; more than this is a hang. */
const SECONDS_PER_SECOND = 10;
const BASE_TIMEOUT_MS = 120_000;

/** CMU PocketSphinx, as Debian packages it: offline, English only. */
export class PocketsphinxTranscriber implements Transcriber {
  readonly engine = 'pocketsphinx';
  readonly model: string;
  readonly #modelFolder: string;
  readonly #prefix: readonly string[];
  readonly #media: MediaTools;

  constructor(options: { modelFolder: string; prefix: readonly string[]; media: MediaTools }) {
    this.#modelFolder = options.modelFolder;
    this.#prefix = options.prefix;
    this.#media = options.media;
    this.model = 'en-us';
  }

  async transcribe(request: SpeechRequest, signal: AbortSignal): Promise<Heard> {
    if (request.language !== undefined && request.language !== 'en')
      throw new JobFailure('LANGUAGE_UNSUPPORTED');
    const wav = join(dirname(request.path), 'speech.wav');
    await this.#media.toSpeech({ input: request.path, output: wav, signal });
    const samples = join(dirname(request.path), 'speech.raw');
    const begin = await writeWarmedUp(wav, samples);
    const run = await runTool([...this.#prefix, ...this.#command(samples)], {
      signal,
      cwd: dirname(samples),
      timeoutMs: BASE_TIMEOUT_MS + request.durationSeconds * SECONDS_PER_SECOND * 1000,
    });
    if (run.code !== 0) {
      throw new JobFailure('ENGINE_FAILED', {
        cause: new Error(`exit ${String(run.code ?? run.signal)}: ${run.stderr}`),
      });
    }
    return { language: 'en', ...parsePocketsphinx(run.stdout, begin) };
  }

  #command(samples: string): string[] {
    const model = this.#modelFolder;
    const models = [
      '-hmm',
      join(model, 'en-us'),
      '-lm',
      join(model, 'en-us.lm.bin'),
      '-dict',
      join(model, 'cmudict-en-us.dict'),
    ];
    return ['pocketsphinx_continuous', '-infile', samples, '-time', 'yes', '-logfn', '/dev/null', ...models];
  }
}
