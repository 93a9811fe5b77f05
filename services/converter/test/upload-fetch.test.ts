import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { multipartBody } from '../src/adapters/multipart-body.ts';
import { uploadFetch } from '../src/adapters/upload-fetch.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** The address of a server that answers like this. */
async function listen(handler: RequestListener): Promise<string> {
  server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server listening on a TCP port has an AddressInfo; only pipes have strings.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function form(): FormData {
  const data = new FormData();
  data.append('prompt', 'Grüße,\n"Ada"');
  data.append('names[]', 'one');
  data.append('names[]', 'two');
  data.append('file', new File(['a\r\n', 'b'], 'my "own" file\n.flac', { type: 'audio/flac' }));
  return data;
}

describe('multipartBody', () => {
  it('is what a server makes the same form of, and as long as it says', async () => {
    const { contentType, length, pieces } = multipartBody(form());
    const body = await buffer(pieces());
    expect(body).toHaveLength(length);
    const request = new Request('http://localhost', {
      ...{ method: 'POST', body },
      headers: { 'content-type': contentType },
    });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- an independent reader of forms, here for one of our own
    const read = await request.formData();
    expect([...read.keys()]).toEqual(['prompt', 'names[]', 'names[]', 'file']);
    expect(read.get('prompt')).toBe('Grüße,\n"Ada"');
    expect(read.getAll('names[]')).toEqual(['one', 'two']);
    const file = read.get('file');
    if (!(file instanceof File)) throw new Error('the file came as something else');
    expect([file.type, await file.text()]).toEqual(['audio/flac', 'a\r\nb']);
  });
});

describe('uploadFetch', () => {
  const fetch = uploadFetch(1000);

  it('sends a form with its length, on a connection of its own, and gives the answer', async () => {
    const url = await listen((request, response) => {
      void buffer(request).then((body) => {
        const { 'content-length': length, connection, authorization } = request.headers;
        response.writeHead(201, { 'x-test': 'a' });
        response.end(JSON.stringify({ whole: Number(length) === body.length, connection, authorization }));
      });
    });
    const answer = await fetch(url, { method: 'POST', body: form(), headers: { authorization: 'Bearer x' } });
    expect([answer.status, answer.headers.get('x-test')]).toEqual([201, 'a']);
    expect(await answer.json()).toEqual({ whole: true, connection: 'close', authorization: 'Bearer x' });
  });

  it('takes an answer that comes before the form was read', async () => {
    const url = await listen((_, response) => {
      response.writeHead(401).end('no');
    });
    const data = new FormData();
    data.append('file', new File([Buffer.alloc(64 * 2 ** 20)], 'large'));
    const answer = await fetch(url, { method: 'POST', body: data });
    expect([answer.status, await answer.text()]).toEqual([401, 'no']);
  });

  it.each([204, 304])('takes an answer without a body: %i', async (status) => {
    const url = await listen((_, response) => {
      response.writeHead(status).end();
    });
    const answer = await fetch(url, { method: 'POST', body: form() });
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });

  it('does not follow where it is sent', async () => {
    let count = 0;
    const url = await listen((_, response) => {
      count += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await fetch(url, { method: 'POST', body: form() })).status).toBe(307);
    expect(count).toBe(1);
  });

  it.each([
    [1000, true],
    [1001, false],
  ])('reads an answer of %i bytes: %p', async (bytes, isRead) => {
    const url = await listen((_, response) => response.end('a'.repeat(bytes)));
    const text = (await fetch(url)).text();
    if (isRead) await expect(text).resolves.toHaveLength(bytes);
    else await expect(text).rejects.toMatchObject({ name: 'AnswerTooLongError' });
  });

  it('hangs up on a server that sends without end', async () => {
    const gone = new Promise((resolve) => {
      void listen((_, response) => {
        const timer = setInterval(() => response.write('a'.repeat(500)), 1);
        response.once('close', () => {
          clearInterval(timer);
          resolve('gone');
        });
      }).then(async (url) => {
        await expect((await fetch(url)).text()).rejects.toThrow();
      });
    });
    expect(await gone).toBe('gone');
  });

  it('ends with its signal, before and in the middle of the answer', async () => {
    const abort = new AbortController();
    const url = await listen((_, response) => response.writeHead(200).write('a'));
    const answer = await fetch(url, { signal: abort.signal });
    const text = expect(answer.text()).rejects.toThrow();
    abort.abort();
    await text;
    await expect(fetch(url, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
