import { openAsBlob } from 'node:fs';
import { JobFailure } from '@clipscribe/contracts';
import OpenAI from 'openai';
import { OPENAI_URL, type OpenaiConfig } from '../openai-config.ts';
import { asProviderFailure, refusesFormat } from './openai-failures.ts';
import { offerOf, type Detail } from './openai-models.ts';
import { uploadFetch } from './upload-fetch.ts';

/** Where the API is and the key for it; a server of one's own may want none. */
export type EndpointConfig = OpenaiConfig['endpoints'][number];

/** One question to the API. */
export interface Question {
  /** FLAC. */
  path: string;
  /** A code of `languages`. */
  language: string | undefined;
  prompt: string | undefined;
  temperature: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Ten minutes of speech take less than half a MB, with the times of all tokens and every field that engines add. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;

/** The name of a language where the API has another one than ISO 639-1: see `languages`. */
const apiLanguages: Readonly<Record<string, string>> = { jv: 'jw' };

/** One server that speaks the API, with one key. */
export class OpenaiEndpoint {
  readonly #client: OpenAI;
  readonly #model: string;
  readonly #details: readonly Detail[];
  readonly #takesPrompt: boolean;
  readonly #lacksKey: boolean;
  /** The place in `details` that this server was found to offer. */
  #offered = 0;

  constructor({ baseUrl, apiKey }: EndpointConfig, model: string) {
    this.#model = model;
    this.#lacksKey = apiKey === undefined && baseUrl === OPENAI_URL;
    ({ details: this.#details, takesPrompt: this.#takesPrompt } = offerOf(model));
    this.#client = new OpenAI({
      baseURL: baseUrl,
      apiKey: apiKey ?? 'none',
      ...(apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
      // What is left out here, the client would read from the environment.
      ...{ organization: null, project: null, adminAPIKey: null, webhookSecret: null, logLevel: 'off' },
      fetch: uploadFetch(MAX_ANSWER_BYTES),
      // Retries are the job protocol's: the client must not add its own.
      maxRetries: 0,
    });
  }

  /**
   * What the server answers, parsed but not checked. A server that refuses a form of answer is asked for a plainer
   * one, and from then on for that.
   * @throws JobFailure with a `PROVIDER_…` code; the signal's reason when it was aborted
   */
  async ask(question: Question): Promise<unknown> {
    if (this.#lacksKey) throw new JobFailure('PROVIDER_AUTH');
    const file = new File([await openAsBlob(question.path)], 'speech.flac', { type: 'audio/flac' });
    for (let place = this.#offered; ; place += 1) {
      try {
        const answer = await this.#request(file, question, this.#details[place] ?? 'text');
        this.#offered = Math.max(this.#offered, place);
        return answer;
      } catch (error) {
        question.signal.throwIfAborted();
        if (place + 1 < this.#details.length && refusesFormat(error)) continue;
        throw asProviderFailure(error);
      }
    }
  }

  /** The file is read while it is sent, and never as a whole in memory. */
  async #request(file: File, question: Question, detail: Detail): Promise<unknown> {
    const { language, prompt, temperature, timeoutMs, signal } = question;
    const answer: unknown = await this.#client.audio.transcriptions.create(
      {
        ...{ file, model: this.#model, temperature, ...formatOf(detail) },
        ...(language === undefined ? {} : { language: apiLanguages[language] ?? language }),
        ...(prompt === undefined || !this.#takesPrompt ? {} : { prompt }),
      },
      { signal, timeout: Math.ceil(timeoutMs) },
    );
    // Some servers give JSON another content type.
    return typeof answer === 'string' ? (JSON.parse(answer) as unknown) : answer;
  }
}

function formatOf(
  detail: Detail,
): Pick<
  OpenAI.Audio.TranscriptionCreateParams,
  'response_format' | 'timestamp_granularities' | 'chunking_strategy'
> {
  switch (detail) {
    case 'words':
      return { response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] };
    case 'segments':
      return { response_format: 'verbose_json' };
    case 'speakers':
      return { response_format: 'diarized_json', chunking_strategy: 'auto' };
    case 'text':
      return { response_format: 'json' };
  }
}
