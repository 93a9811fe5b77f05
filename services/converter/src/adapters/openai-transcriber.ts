import { createReadStream } from 'node:fs';
import { JobFailure } from '@clipscribe/contracts';
import OpenAI, { toFile } from 'openai';
import { z } from 'zod';
import type { Heard, SpeechRequest, Transcriber } from '../transcriber.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { asProviderFailure } from './openai-failures.ts';

/** Some servers compute times a little below zero. */
const seconds = z.number().transform((value) => Math.max(value, 0));

/** Servers that speak the API may write null for what they do not know. */
const answerSchema = z.object({
  text: z.string(),
  language: z.string().nullish(),
  segments: z.array(z.object({ start: seconds, end: seconds, text: z.string() })).nullish(),
});

const BASE_TIMEOUT_MS = 60_000;

/** A day of speech, with segments and every field that an engine adds to them, stays well below. */
const MAX_ANSWER_BYTES = 32 * 2 ** 20;

/** The speech-to-text API of OpenAI, and every server that speaks it. */
export class OpenaiTranscriber implements Transcriber {
  readonly engine = 'openai';
  readonly model: string;
  readonly #client: OpenAI | null;
  readonly #baseTimeoutMs: number;

  /**
   * Without a key every request fails with PROVIDER_AUTH, so that the MP3s still go out. `baseTimeoutMs` is the
   * time for an answer on top of the length of the recording.
   */
  constructor(options: {
    apiKey: string | undefined;
    baseUrl: string | undefined;
    model: string;
    baseTimeoutMs?: number;
  }) {
    const { apiKey, baseUrl: baseURL = null, model, baseTimeoutMs = BASE_TIMEOUT_MS } = options;
    this.model = model;
    this.#baseTimeoutMs = baseTimeoutMs;
    const fetch = boundedFetch(MAX_ANSWER_BYTES);
    // Retries are the job protocol's: the client must not add its own.
    this.#client =
      apiKey === undefined ? null : new OpenAI({ apiKey, baseURL, fetch, maxRetries: 0, logLevel: 'off' });
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
    const file = await toFile(createReadStream(request.path), 'speech.flac', { type: 'audio/flac' });
    const timeout = Math.ceil(this.#baseTimeoutMs + request.durationSeconds * 1000);
    try {
      return await client.audio.transcriptions.create(
        {
          file,
          model: this.model,
          response_format: this.#responseFormat(),
          ...(request.language === undefined ? {} : { language: request.language }),
          ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
        },
        { signal, timeout },
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
function isoLanguage(name: string | null | undefined): string | null {
  if (name === undefined || name === null) return null;
  if (/^[a-z]{2}$/.test(name)) return name;
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const codes = 'en de fr es it pt nl pl ru uk ja zh ko ar he tr sv da fi cs el hi'.split(' ');
  return codes.find((code) => names.of(code)?.toLowerCase() === name.toLowerCase()) ?? null;
}
