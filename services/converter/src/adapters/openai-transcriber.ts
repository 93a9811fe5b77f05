import { createReadStream } from 'node:fs';
import { JobFailure } from '@clipscribe/contracts';
import OpenAI from 'openai';
import { z } from 'zod';
import type { Heard, SpeechRequest, Transcriber } from '../transcriber.ts';
import { asProviderFailure } from './openai-failures.ts';

const answerSchema = z.object({
  text: z.string(),
  language: z.string().optional(),
  segments: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })).optional(),
});

const BASE_TIMEOUT_MS = 60_000;

/** The speech-to-text API of OpenAI, and every server that speaks it. */
export class OpenaiTranscriber implements Transcriber {
  readonly engine = 'openai';
  readonly model: string;
  readonly #client: OpenAI | null;

  /** Without a key every request fails with PROVIDER_AUTH, so that the MP3s still go out. */
  constructor(options: { apiKey: string | undefined; baseUrl: string | undefined; model: string }) {
    this.model = options.model;
    // Retries are the job protocol's: the client must not add its own.
    this.#client =
      options.apiKey === undefined
        ? null
        : new OpenAI({
            apiKey: options.apiKey,
            baseURL: options.baseUrl ?? null,
            maxRetries: 0,
            logLevel: 'off',
          });
  }

  async transcribe(request: SpeechRequest, signal: AbortSignal): Promise<Heard> {
    if (this.#client === null) throw new JobFailure('PROVIDER_AUTH');
    const answer = answerSchema.safeParse(await this.#ask(this.#client, request, signal));
    if (!answer.success) throw new JobFailure('PROVIDER_UNAVAILABLE', { cause: answer.error });
    const { text, language, segments } = answer.data;
    const whole = { start: 0, end: request.durationSeconds, text: text.trim() };
    return {
      language: request.language ?? isoLanguage(language),
      segments: segments ?? (whole.text === '' ? [] : [whole]),
    };
  }

  async #ask(client: OpenAI, request: SpeechRequest, signal: AbortSignal): Promise<unknown> {
    try {
      return await client.audio.transcriptions.create(
        {
          file: createReadStream(request.path),
          model: this.model,
          response_format: this.#responseFormat(),
          ...(request.language === undefined ? {} : { language: request.language }),
          ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
        },
        { signal, timeout: BASE_TIMEOUT_MS + request.durationSeconds * 1000 },
      );
    } catch (error) {
      signal.throwIfAborted();
      throw asProviderFailure(error);
    }
  }

  /** The gpt-4o family answers in plain json only; Whisper models give segments with times. */
  #responseFormat(): 'json' | 'verbose_json' {
    return this.model.startsWith('gpt-') ? 'json' : 'verbose_json';
  }
}

/** Whisper names the detected language in English words; codes pass as they are. */
function isoLanguage(name: string | undefined): string | null {
  if (name === undefined) return null;
  if (/^[a-z]{2}$/.test(name)) return name;
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const codes = [
    'en',
    'de',
    'fr',
    'es',
    'it',
    'pt',
    'nl',
    'pl',
    'ru',
    'uk',
    'ja',
    'zh',
    'ko',
    'ar',
    'he',
    'tr',
    'sv',
    'da',
    'fi',
    'cs',
    'el',
    'hi',
  ];
  return codes.find((code) => names.of(code)?.toLowerCase() === name.toLowerCase()) ?? null;
}
