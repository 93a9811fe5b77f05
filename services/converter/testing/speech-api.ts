import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour } from './speech-api-behaviour.ts';
import { handleControl, type SpeechApiReport } from './speech-api-control.ts';
import { documentedModels } from './speech-api-fields.ts';
import { perform, refuse } from './speech-api-perform.ts';
import { Refusal } from './speech-api-refusal.ts';
import { readSpeechRequest, type ReceivedSpeech } from './speech-api-request.ts';
import { SpeechRecognizer } from './speech-recognizer.ts';

export interface SpeechApiOptions {
  /** The key that always works. */
  key?: string;
  port?: number;
  behaviour?: Behaviour;
  /** Names of further models, which offer what whisper-1 does. */
  otherModels?: readonly string[];
  /** Where recognised speech is kept for the next process. */
  cacheFolder?: string;
}

const DEFAULT_BEHAVIOUR: Behaviour = { kind: 'hear', speech: { text: 'Hello world.' } };

/**
 * The transcription API of OpenAI on a loopback port, which checks every request against the documentation, with
 * answers and faults as a test wants them. Under `/control` other processes can do what tests do by its properties.
 */
export class SpeechApi {
  readonly key: string;
  /** Requests that were understood, the newest last; those that were refused are only counted. */
  readonly received: ReceivedSpeech[] = [];
  /** All requests for a transcription, whatever became of them. */
  count = 0;
  /** What is done with a request for which nothing else is said. */
  behaviour: Behaviour;
  /** What is done with the next requests, one each. */
  readonly next: Behaviour[] = [];
  /** Further keys, with what is done with every request that comes with one; null for nothing special. */
  readonly keys = new Map<string, Behaviour | null>();
  readonly #initial: Behaviour;
  readonly #models: Readonly<Record<string, readonly string[]>>;
  readonly #recognizer: SpeechRecognizer;
  readonly #server: Server;
  readonly #closing = new AbortController();
  #port = 0;

  private constructor(options: SpeechApiOptions) {
    this.key = options.key ?? 'test-key';
    this.#initial = options.behaviour ?? DEFAULT_BEHAVIOUR;
    this.behaviour = this.#initial;
    const asWhisper = documentedModels['whisper-1'] ?? [];
    this.#models = {
      ...documentedModels,
      ...Object.fromEntries((options.otherModels ?? []).map((name) => [name, asWhisper])),
    };
    this.#recognizer = new SpeechRecognizer(options.cacheFolder);
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(options: SpeechApiOptions = {}): Promise<SpeechApi> {
    const api = new SpeechApi(options);
    api.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(api.#server, 'listening');
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    api.#port = (api.#server.address() as AddressInfo).port;
    return api;
  }

  /** For `OPENAI_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}/v1`;
  }

  /** What has been asked so far, with the number of requests for each file by its SHA-256. */
  report(): SpeechApiReport {
    const perFile: Record<string, number> = {};
    for (const { sha256 } of this.received) perFile[sha256] = (perFile[sha256] ?? 0) + 1;
    return { count: this.count, received: [...this.received], perFile };
  }

  /** Forgets all requests and everything that was said about the next ones. */
  reset(): void {
    this.count = 0;
    this.behaviour = this.#initial;
    this.received.length = 0;
    this.next.length = 0;
    this.keys.clear();
  }

  /** Resolves when the next request has been understood. */
  async nextRequest(): Promise<ReceivedSpeech> {
    const [speech] = (await once(this.#server, 'speech')) as [ReceivedSpeech]; // emitted below, nowhere else
    return speech;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#closing.abort();
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, this.#recognizer.close()]);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url?.startsWith('/control') === true) await handleControl(this, request, response);
      else await this.#transcribe(request, response);
    } catch (error) {
      if (this.#closing.signal.aborted || response.headersSent) response.destroy();
      else refuse(response, error instanceof Refusal ? error : new Refusal(500, String(error)));
    }
  }

  async #transcribe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.count += 1;
    const keys = new Set([this.key, ...this.keys.keys()]);
    const { speech, audio } = await readSpeechRequest(request, { keys, models: this.#models });
    this.received.push(speech);
    this.#server.emit('speech', speech);
    const behaviour = this.keys.get(speech.key) ?? this.next.shift() ?? this.behaviour;
    const { signal } = this.#closing;
    await perform(behaviour, { request: speech, audio, response, recognizer: this.#recognizer, signal });
  }
}
