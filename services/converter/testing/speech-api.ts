import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** One request for a transcription, as the server understood it. */
export interface ReceivedSpeech {
  key: string;
  model: string;
  responseFormat: string;
  language: string | undefined;
  prompt: string | undefined;
  fileName: string;
  contentType: string;
  audio: Buffer;
  /** Names of all form fields, in the order they came. */
  fields: string[];
}

/** What the server hears in every recording; times in seconds. */
export interface Speech {
  text: string;
  /** As Whisper names it: in English, in small letters. */
  language?: string;
  segments?: readonly { start: number; end: number; text: string }[];
}

/** How the server answers a request that it understood. */
export type Behaviour =
  | { kind: 'hear'; speech: Speech }
  | { kind: 'refuse'; status: number; code?: string; headers?: Readonly<Record<string, string>> }
  | { kind: 'say'; body: string; contentType: string }
  /** Takes the request and never answers. */
  | { kind: 'hang' }
  /** Begins an answer and never ends it. */
  | { kind: 'stall' }
  /** Closes the connection before or in the middle of an answer. */
  | { kind: 'cut'; afterBytes: number }
  /** Begins a JSON string that goes on for so many bytes. */
  | { kind: 'flood'; bytes: number };

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`refused: ${code}`);
    this.status = status;
    this.code = code;
  }
}

const PATH = '/v1/audio/transcriptions';

/** The transcription API of OpenAI on a free loopback port, with answers and faults as a test wants them. */
export class SpeechApi {
  readonly key: string;
  /** Requests that were understood, the newest last; those that were refused are only counted. */
  readonly received: ReceivedSpeech[] = [];
  /** All requests, whatever became of them. */
  count = 0;
  behaviour: Behaviour = { kind: 'hear', speech: { text: 'Hello world.' } };
  readonly #server: Server;
  #port = 0;

  private constructor(key: string) {
    this.key = key;
    this.#server = createServer((request, response) => {
      this.count += 1;
      this.#handle(request, response).catch((error: unknown) => {
        const { status, code } = error instanceof Refusal ? error : { status: 400, code: 'invalid_body' };
        sendError(response, status, code);
      });
    });
  }

  static async start(key = 'test-key'): Promise<SpeechApi> {
    const api = new SpeechApi(key);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    api.#port = (api.#server.address() as AddressInfo).port;
    return api;
  }

  /** For `OPENAI_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}/v1`;
  }

  /** Resolves when the next request has been understood. */
  async nextRequest(): Promise<ReceivedSpeech> {
    const [speech] = (await once(this.#server, 'speech')) as [ReceivedSpeech]; // emitted below, nowhere else
    return speech;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const speech = await readSpeech(request, this.key);
    this.received.push(speech);
    this.#server.emit('speech', speech);
    await this.#answer(speech, response);
  }

  async #answer(request: ReceivedSpeech, response: ServerResponse): Promise<void> {
    const { behaviour } = this;
    switch (behaviour.kind) {
      case 'hear':
        send(response, 200, transcription(behaviour.speech, request.responseFormat));
        return;
      case 'refuse':
        sendError(response, behaviour.status, behaviour.code ?? 'test', behaviour.headers);
        return;
      case 'say':
        response.writeHead(200, { 'content-type': behaviour.contentType }).end(behaviour.body);
        return;
      case 'hang':
        return;
      case 'stall':
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"text":"Hel');
        return;
      case 'cut':
        await cut(response, behaviour.afterBytes);
        return;
      case 'flood':
        await flood(response, behaviour.bytes);
    }
  }
}

/** @throws Refusal as the real service refuses, so that a client that asks wrongly fails in its test */
async function readSpeech(request: IncomingMessage, key: string): Promise<ReceivedSpeech> {
  const body = await buffer(request);
  if (request.url !== PATH) throw new Refusal(404, 'unknown_url');
  if (request.method !== 'POST') throw new Refusal(405, 'method_not_allowed');
  if (request.headers.authorization !== `Bearer ${key}`) throw new Refusal(401, 'invalid_api_key');
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const parts = new Request('http://localhost', { method: 'POST', headers, body });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- only unfit for bodies of strangers, which are not held in memory
  const form = await parts.formData();
  const speech = await readForm(form, key);
  if (speech.audio.subarray(0, 4).toString('latin1') !== 'fLaC')
    throw new Refusal(400, 'invalid_file_format');
  const formats = speech.model.startsWith('gpt-') ? ['json'] : ['json', 'verbose_json'];
  if (!formats.includes(speech.responseFormat)) throw new Refusal(400, 'unsupported_response_format');
  return speech;
}

async function readForm(form: FormData, key: string): Promise<ReceivedSpeech> {
  const file = form.get('file');
  const model = form.get('model');
  if (!(file instanceof File) || typeof model !== 'string') throw new Refusal(400, 'missing_field');
  const field = (name: string): string | undefined => {
    const value = form.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    key,
    model,
    responseFormat: field('response_format') ?? 'json',
    language: field('language'),
    prompt: field('prompt'),
    fileName: file.name,
    contentType: file.type,
    audio: Buffer.from(await file.arrayBuffer()),
    fields: [...form.keys()],
  };
}

function transcription({ text, language = 'english', segments }: Speech, format: string): object {
  if (format === 'json') return { text };
  const numbered = (segments ?? [{ start: 0, end: 1, text }]).map((segment, id) => ({
    ...{ id, seek: 0, ...segment, tokens: [50364, 2425], temperature: 0 },
    ...{ avg_logprob: -0.3, compression_ratio: 1.2, no_speech_prob: 0.01 },
  }));
  return { task: 'transcribe', language, duration: numbered.at(-1)?.end ?? 0, text, segments: numbered };
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  headers?: Readonly<Record<string, string>>,
): void {
  send(response, status, { error: { message: `refused: ${code}`, type: code, param: null, code } }, headers);
}

async function cut(response: ServerResponse, afterBytes: number): Promise<void> {
  if (afterBytes > 0) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(2 * afterBytes) });
    await new Promise<void>((resolve) => {
      response.write(`{"text":"${'a'.repeat(afterBytes)}`.slice(0, afterBytes), () => {
        resolve();
      });
    });
  }
  response.destroy();
}

async function flood(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  // A client that has enough goes away.
  await pipeline(Readable.from(endlessText(bytes)), response).catch(() => undefined);
}

function* endlessText(bytes: number): Generator<string> {
  const piece = 'a'.repeat(2 ** 16);
  yield '{"text":"';
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield '"}';
}
