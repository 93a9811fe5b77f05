import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { answerBody, loopingSpeech, madeUpSpeech } from './speech-api-answer.ts';
import type { Behaviour, Speech } from './speech-api-behaviour.ts';
import { Refusal } from './speech-api-refusal.ts';
import type { ReceivedSpeech } from './speech-api-request.ts';
import type { SpeechRecognizer } from './speech-recognizer.ts';

export interface Performance {
  request: ReceivedSpeech;
  audio: Buffer;
  response: ServerResponse;
  recognizer: SpeechRecognizer;
  /** Ends waiting when the server closes. */
  signal: AbortSignal;
}

/** Answers a request, or fails to, as the behaviour says. */
export async function perform(behaviour: Behaviour, about: Performance): Promise<void> {
  const { response } = about;
  switch (behaviour.kind) {
    case 'recognize':
    case 'hear':
    case 'words':
    case 'loop':
      await answer(behaviour, about);
      return;
    case 'refuse':
      refuse(response, refusalOf(behaviour), behaviour.headers);
      return;
    case 'rate-limit':
      refuse(
        response,
        new Refusal(429, 'Rate limit reached', { code: 'rate_limit_exceeded' }),
        retryAfter(behaviour),
      );
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

export function refuse(
  response: ServerResponse,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(refusal.status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(refusal));
}

type Hearing = Extract<Behaviour, { kind: 'recognize' | 'hear' | 'words' | 'loop' }>;

async function answer(behaviour: Hearing, about: Performance): Promise<void> {
  const speech = await speechFor(behaviour, about);
  if ('delayMs' in behaviour) await delay(behaviour.delayMs, undefined, { signal: about.signal });
  const { body, contentType } = answerBody(speech, about.request);
  about.response.writeHead(200, { 'content-type': contentType }).end(body);
}

async function speechFor(behaviour: Hearing, { request, audio, recognizer }: Performance): Promise<Speech> {
  switch (behaviour.kind) {
    case 'recognize':
      return recognizer.recognize(request.sha256, audio);
    case 'hear':
      return behaviour.speech;
    case 'words':
      return madeUpSpeech(request.sha256, request.durationSeconds, behaviour.wordsPerSecond);
    case 'loop':
      return loopingSpeech(request.durationSeconds, behaviour.phrase);
  }
}

function refusalOf({ status, code, param, message }: Extract<Behaviour, { kind: 'refuse' }>): Refusal {
  const about = { code: code ?? 'test', ...(param === undefined ? {} : { param }) };
  return new Refusal(status, message ?? `refused: ${about.code}`, about);
}

function retryAfter({
  retryAfterSeconds: seconds,
  retryAfterForm,
}: Extract<Behaviour, { kind: 'rate-limit' }>): Record<string, string> {
  if (seconds === undefined) return {};
  const date = new Date(Date.now() + seconds * 1000);
  return { 'retry-after': retryAfterForm === 'date' ? date.toUTCString() : String(seconds) };
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
