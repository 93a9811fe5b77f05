import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { BOUNDARY, END, fieldPart, filePart, multipart, MULTIPART_TYPE, part } from './multipart-body.ts';
import { expectProblem } from './problem.ts';
import { openUpload, sendAllThenRead } from './raw-http.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, { maxUploadBytes: 200_000, maxFiles: 3 });
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

// The promise of every refusal: nothing of it is left when the answer is out.
afterEach(async () => {
  expect(await gateway.leftovers()).toEqual(nothing);
});

const send = (body: Buffer | string, type = MULTIPART_TYPE) =>
  gateway.as(auth.ada).post('/upload').set('Content-Type', type).send(body);

const file = filePart('a.mp4', 'bytes');

describe('options', () => {
  it.each([
    ['transcript', 'maybe'],
    ['transcript', '[object Object]'],
    ['language', 'klingon'],
    ['language', 'e1'],
    ['prompt', 'p'.repeat(1001)],
    ['prompt', 'p'.repeat(9000)],
    ['prompt', 'a\u0000b'],
    ['quality', 'V10'],
    ['quality', '999k'],
    ['title', 't'.repeat(201)],
    ['title', 'two\r\nlines'],
    ['colour', 'red'],
    ['Title', 'x'],
    ['__proto__', 'x'],
    ['constructor', 'x'],
    ['toString', 'x'],
  ])('%s=%.20s before the file and after it', async (name, value) => {
    for (const parts of [
      [fieldPart(name, value), file],
      [file, fieldPart(name, value)],
    ]) {
      const answer = await send(multipart(...parts));
      expectProblem(answer, 'INVALID_OPTION');
      expect((answer.body as { detail: string }).detail).toContain(name);
    }
  });
});

describe('files', () => {
  it('none at all', async () => {
    expectProblem(await send(multipart(fieldPart('title', 'x'))), 'NO_FILE');
    expectProblem(await send(END), 'NO_FILE');
  });

  it('a file sent as a field', async () => {
    expectProblem(await send(multipart(fieldPart('file', 'bytes'))), 'INVALID_OPTION');
  });

  it('an empty one, alone or among others', async () => {
    expectProblem(await send(multipart(filePart('a.mp4', ''))), 'EMPTY_FILE');
    expectProblem(await send(multipart(file, filePart('b.mp4', ''), file)), 'EMPTY_FILE');
  });

  it('one more than allowed, which would otherwise be dropped in silence', async () => {
    expectProblem(await send(multipart(file, file, file, file)), 'TOO_MANY_FILES');
  });

  it.each([
    ['a line break in its name', `Content-Disposition: form-data; name="f"; filename="a\nb.mp4"`],
    ['a carriage return in its name', `Content-Disposition: form-data; name="f"; filename="a\rb.mp4"`],
    [
      'an encoded line break in its name',
      `Content-Disposition: form-data; name="f"; filename*=UTF-8''a%0Ab.mp4`,
    ],
    ['no disposition', 'Content-Type: video/mp4'],
    ['another disposition', 'Content-Disposition: attachment; filename="a.mp4"'],
    [
      'endless headers',
      `X: ${'x'.repeat(9000)}\r\nContent-Disposition: form-data; name="f"; filename="a.mp4"`,
    ],
    [
      'a hundred headers',
      `${'X: y\r\n'.repeat(100)}Content-Disposition: form-data; name="f"; filename="a.mp4"`,
    ],
  ])('one with %s is not lost in silence', async (_what, headers) => {
    expectProblem(await send(multipart(part(headers, 'bytes'))), 'INVALID_MULTIPART');
    expectProblem(await send(multipart(file, part(headers, 'bytes'))), 'INVALID_MULTIPART');
    expectProblem(await send(multipart(part(headers, 'bytes'), file)), 'INVALID_MULTIPART');
  });
});

describe('fields', () => {
  it.each([21, 5000])('%d of them', async (count) => {
    const fields = Array.from({ length: count }, () => fieldPart('title', 'x'));
    expectProblem(await send(multipart(...fields, file).subarray(0, 190_000)), 'TOO_MANY_FIELDS');
  });
});

describe('size', () => {
  it('by Content-Length, before a byte is read', async () => {
    const { request, answer } = openUpload(gateway.url, auth.ada.token, { 'content-length': '200001' });
    request.flushHeaders();
    const { status, headers, body } = await answer;
    expect(status).toBe(413);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ code: 'TOO_LARGE' });
    request.destroy();
  });

  it('in chunks, as soon as it is too much', async () => {
    const { request, answer } = openUpload(gateway.url, auth.ada.token);
    request.write(filePart('small.mp4', 'small and complete'));
    request.write(filePart('a.mp4', Buffer.alloc(250_000)));
    expect(await answer).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
    request.destroy();
  });
});

describe('a client that reads the answer only when it has sent everything', () => {
  const huge = filePart('huge.mp4', Buffer.alloc(20_000_000));
  const head = (token: string, length: string) =>
    `POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: ${MULTIPART_TYPE}\r\n${length}\r\n\r\n`;
  const whole = (token: string, body: Buffer) =>
    Buffer.concat([Buffer.from(head(token, `Content-Length: ${String(body.length)}`)), body]);
  const chunked = (token: string, body: Buffer) =>
    Buffer.concat([
      ...[head(token, 'Transfer-Encoding: chunked'), body.length.toString(16), '\r\n'].map((text) =>
        Buffer.from(text),
      ),
      ...[body, Buffer.from('\r\n0\r\n\r\n')],
    ]);

  it.each([
    ['too large, by its length', 413, () => whole(auth.ada.token, multipart(huge))],
    ['too large, in chunks', 413, () => chunked(auth.ada.token, multipart(huge))],
    ['a wrong option first', 400, () => chunked(auth.ada.token, multipart(fieldPart('colour', 'red'), huge))],
    ['no boundary in it', 413, () => chunked(auth.ada.token, Buffer.alloc(20_000_000))],
    ['a bad token', 401, () => whole('not.a.token', multipart(huge))],
  ])('gets it: %s', async (_what, status, request) => {
    expect(await sendAllThenRead(gateway.port, request())).toMatch(
      new RegExp(`^HTTP/1.1 ${String(status)} `),
    );
  });
});

describe('content type', () => {
  it.each([
    'application/json',
    'video/mp4',
    'text/plain',
    'multipart/mixed; boundary=x',
    'application/x-www-form-urlencoded',
  ])('%s', async (type) => {
    expectProblem(await send('{}', type), 'UNSUPPORTED_TYPE');
  });

  it('none', async () => {
    const { request, answer } = openUpload(gateway.url, auth.ada.token);
    request.removeHeader('content-type');
    request.end('bytes');
    expect(await answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_TYPE' } });
  });

  it.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['empty quotes', 'multipart/form-data; boundary=""'],
    ['71 characters', `multipart/form-data; boundary=${'b'.repeat(71)}`],
    ['71 characters in quotes', `multipart/form-data; boundary="${'b'.repeat(71)}"`],
    ['another parameter', 'multipart/form-data; xboundary=abc'],
  ])('multipart with %s', async (_what, type) => {
    expectProblem(await send(multipart(file), type), 'INVALID_MULTIPART');
  });

  it('packed', async () => {
    expectProblem(await send('x').set('Content-Encoding', 'gzip'), 'INVALID_MULTIPART');
  });
});

describe('a body that is cut off', () => {
  const whole = multipart(
    fieldPart('title', 'x'),
    filePart('a.mp4', 'some bytes'),
    fieldPart('language', 'en'),
    file,
  );

  it('anywhere', async () => {
    // Past the second dash of the end there is only a line break left to miss.
    const lastCut = whole.length - '-\r\n'.length;
    for (let bytes = 0; bytes < lastCut; bytes += bytes < lastCut - 40 ? 11 : 1) {
      const answer = await send(whole.subarray(0, bytes));
      expect([bytes, answer.status]).toEqual([bytes, 400]);
      expectProblem(answer, 'INVALID_MULTIPART');
    }
  });

  it('after ten parts', async () => {
    const fields = Array.from({ length: 8 }, () => fieldPart('title', 'x'));
    const body = Buffer.concat([file, ...fields, filePart('b.mp4', 'x'.repeat(50_000)).subarray(0, -100)]);
    expectProblem(await send(body), 'INVALID_MULTIPART');
  });

  it('between parts', async () => {
    expectProblem(await send(Buffer.concat([file, file])), 'INVALID_MULTIPART');
  });

  it.each([
    ['nothing', ''],
    ['noise', 'x'.repeat(10_000)],
    ['another boundary', multipart(file).toString().replaceAll(BOUNDARY, 'other')],
  ])('%s instead of parts', async (_what, body) => {
    expectProblem(await send(body), 'INVALID_MULTIPART');
  });
});

describe('Idempotency-Key', () => {
  it.each(['', ' ', 'two words', 'x'.repeat(256), 'ümlaut'])('"%.20s"', async (key) => {
    const { request, answer } = openUpload(gateway.url, auth.ada.token, { 'idempotency-key': key });
    request.end(multipart(file));
    expect(await answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });
});
