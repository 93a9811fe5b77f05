import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { multipartBody } from './multipart-body.ts';

/** The other side sends more than an answer can be. */
export class AnswerTooLongError extends Error {
  override readonly name = 'AnswerTooLongError';
}

/** Whoever does not take a connection within this time is not there. */
const CONNECT_MS = 15_000;

/** These statuses have no body: Fetch Standard, "null body status". */
const bodyless: readonly number[] = [101, 204, 205, 304];

/**
 * A fetch for forms with large files and for servers that think long. Unlike the built-in one it has no limits of
 * its own to the time until an answer begins (300 s there) — the signal is the limit —, sends a file as it reads it,
 * and ends an answer that is longer than `maxAnswerBytes`. Redirects are not followed: the key must not wander.
 */
export function uploadFetch(maxAnswerBytes: number): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const answer = await send(url, init);
    // Whatever the server has not read yet of the form is of no use any more.
    const hangUp = (): void => void answer.destroy();
    const { statusCode = 0, statusMessage = '' } = answer;
    const headers = new Headers(
      Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    );
    if (bodyless.includes(statusCode)) hangUp();
    const body = bodyless.includes(statusCode) ? null : asBody(bounded(answer, maxAnswerBytes, hangUp));
    return new Response(body, { status: statusCode, statusText: statusMessage, headers });
  };
}

async function send(url: URL, init: RequestInit): Promise<http.IncomingMessage> {
  const headers = new Headers(init.headers);
  const body = init.body instanceof FormData ? multipartBody(init.body) : null;
  if (body !== null) {
    headers.set('content-type', body.contentType);
    headers.set('content-length', String(body.length));
  }
  const { request } = url.protocol === 'https:' ? https : http;
  const sending = request(url, {
    method: init.method ?? 'GET',
    headers: Object.fromEntries(headers),
    // A connection of its own: one that was kept may be closed by the server just when the request is sent.
    agent: false,
    ...(init.signal ? { signal: init.signal } : {}),
  });
  giveUpConnecting(sending);
  return new Promise((resolve, reject) => {
    sending.once('response', resolve);
    sending.on('error', reject);
    // A server may answer before it has read everything, and close: then the answer counts, not the broken upload.
    pipeline(Readable.from(body?.pieces() ?? []), sending).catch(reject);
  });
}

function giveUpConnecting(sending: http.ClientRequest): void {
  const timer = setTimeout(() => {
    sending.destroy(new Error(`no connection within ${CONNECT_MS} ms`));
  }, CONNECT_MS);
  const stop = (): void => {
    clearTimeout(timer);
  };
  sending.once('socket', (socket) => socket.once('connect', stop));
  sending.once('close', stop);
}

async function* bounded(answer: Readable, maxBytes: number, onEnd: () => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    // A message without an encoding set gives buffers.
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new AnswerTooLongError(`the answer is longer than ${maxBytes} bytes`);
      yield piece;
    }
  } finally {
    onEnd();
  }
}

function asBody(pieces: AsyncIterable<Buffer>): ReadableStream {
  // Node declares the streams of stream/web apart from the global ones, which they are.
  return Readable.toWeb(Readable.from(pieces)) as ReadableStream;
}
