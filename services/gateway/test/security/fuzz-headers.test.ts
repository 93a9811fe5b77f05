import { createHash } from 'node:crypto';
import { METHODS } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { newId, uploadOptionsSchema } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import {
  damaged,
  damages,
  describeChapter,
  oddText,
  RawClient,
  requestBytes,
} from '@clipscribe/runtime/testing';
import type { Request } from 'express';
import fc from 'fast-check';
import { idempotencyKey } from '../../src/idempotency-key.ts';
import { checkPatch, uploadLength } from '../../src/resumable/upload-headers.ts';
import { readMetadata } from '../../src/resumable/upload-metadata.ts';
import { pathMethods } from '../../src/routes/method-rules.ts';
import { safeFileName } from '../../src/upload/file-name.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from '../gateway-harness.ts';
import { succeededJob } from '../job-maker.ts';
import { expectDocumented } from './expect-documented.ts';

/** A header value as it can travel: no line breaks, no NUL, no blanks at its ends. */
const value = oddText(5).map((text) =>
  Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .trim(),
);

/** What a function of a request makes of these headers: a value, or the code of a problem. */
function judged<T>(headers: Record<string, string>, judge: (req: Request) => T): T | { code: string } {
  // All that these functions use of a request.
  const req: unknown = { get: (name: string) => headers[name.toLowerCase()] };
  try {
    return judge(req as Request);
  } catch (error) {
    if (error instanceof HttpProblem) return { code: error.code };
    throw error;
  }
}

const options = fc.record(
  {
    title: fc.stringMatching(/^[a-zäöü日本🎬][a-zäöü日本🎬 ]{0,30}[a-z]$/u),
    prompt: fc.stringMatching(/^[a-z][a-z ,]{0,100}[a-z]$/),
    language: fc.constantFrom('en', 'de', 'ja'),
    transcript: fc.constantFrom('true', 'false'),
    quality: fc.constantFrom('V0', '128k'),
    filename: oddText(4).map((text) => text.toWellFormed()),
    filetype: fc.constant('video/mp4'),
  },
  { requiredKeys: [] },
);

function metadataOf(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([key, text]) => `${key} ${Buffer.from(text).toString('base64')}`)
    .join(',');
}

const number = fc.oneof(
  fc.nat(2000).map(String),
  value,
  fc.constantFrom('007', '-1', '1.0', '1e3', '9007199254740993', '', ' 5', '0x5', '+5'),
);
const id = fc.oneof(
  fc.uuid({ version: 7 }),
  fc.uuid(),
  oddText(2).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('..%2f', 'a%00b', '%ff', '%', '.'),
);
/** Logging out would end the tokens of all other cases. */
const paths = Object.keys(pathMethods).filter((path) => path !== '/logout' && path !== '/password');

const target = fc
  .record({
    path: fc.constantFrom(...paths),
    id: fc.oneof(fc.constant('JOB'), id),
    other: fc.oneof(fc.constant('1'), id),
    query: fc.option(
      fc.array(fc.tuple(fc.constantFrom('fid', 'format', 'limit', 'cursor', 'state', 'search', 'a'), id), {
        maxLength: 3,
      }),
    ),
  })
  .map(({ path, id: first, other, query }) => {
    const filled = path.replace(':id', first).replace(/:\w+/, other);
    return query === null ? filled : `${filled}?${query.map((pair) => pair.join('=')).join('&')}`;
  });

const base64 = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const known: ReadonlyMap<string, fc.Arbitrary<string>> = new Map(
  Object.entries({
    'Content-Type': fc.constantFrom(
      'application/json',
      'multipart/form-data; boundary=b',
      'application/offset+octet-stream',
      'text/plain',
      'application/json; charset=utf-7',
    ),
    'Tus-Resumable': fc.constantFrom('1.0.0', '0.2.2'),
    'Upload-Length': number,
    'Upload-Offset': number,
    'Upload-Metadata': fc.oneof(
      options.map(metadataOf),
      base64.map((text) => `filename ${text}`),
    ),
    'Upload-Checksum': base64.map((text) => `sha1 ${text}`),
    'Upload-Concat': fc.constantFrom('partial', 'final;/uploads/a'),
    'Upload-Defer-Length': fc.constant('1'),
    'Idempotency-Key': fc.constantFrom('a-key', 'x'.repeat(256)),
    'X-HTTP-Method-Override': fc.constantFrom('PATCH', 'DELETE', 'HEAD', 'TRACE', 'patch'),
    'X-Forwarded-For': fc.constantFrom('1.2.3.4', '::1, 10.0.0.1', ',,,', 'unknown'),
    'X-Forwarded-Proto': fc.constant('https'),
    Range: fc.constantFrom('bytes=0-0', 'bytes=5000-', 'bytes=-1,-2'),
    'If-None-Match': fc.constantFrom('"a", W/"b"', '"a", *', '*'),
    'If-Modified-Since': fc.constantFrom('Thu, 01 Jan 2099 00:00:00 GMT', '0'),
    Accept: fc.constantFrom('text/vtt', '*/*;q=0', 'application/json;q=abc, ,,'),
    'Content-Encoding': fc.constantFrom('gzip', 'identity', 'br'),
    Origin: fc.constantFrom('https://evil.example', 'null'),
    'Access-Control-Request-Method': fc.constant('POST'),
    'Last-Event-ID': number,
    Cookie: fc.constant('a=b; __proto__=c'),
  }),
);
const headerName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...known.keys()) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'X') },
  {
    weight: 1,
    arbitrary: fc
      .stringMatching(/^[a-z!#$%&'*+.^_`|~-]{1,20}$/)
      .filter((name) => !/^(connection|expect|upgrade|te|host|trailer|keep-alive)$/.test(name)),
  },
);
const header = headerName.chain((name) =>
  fc.tuple(
    fc.constant(name),
    fc.oneof({ weight: 2, arbitrary: known.get(name) ?? value }, { weight: 1, arbitrary: value }),
  ),
);
const headers = fc.array(header, { maxLength: 6 });
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS') },
  // CONNECT is for proxies: Node closes the connection.
  { weight: 1, arbitrary: fc.constantFrom(...METHODS.filter((name) => name !== 'CONNECT')) },
);
const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant(new Uint8Array()) },
  { weight: 1, arbitrary: fc.oneof(fc.json(), oddText()).map((text) => new Uint8Array(Buffer.from(text))) },
);

describeChapter(import.meta.dirname, 'headers', (forAll) => {
  forAll(1500, {
    claim: 'Upload-Metadata gives the options and the name that were put in',
    values: options,
    holds: (pairs) => {
      const { filename, ...others } = pairs;
      const fields = Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'filetype'));
      expect(readMetadata(metadataOf(pairs))).toEqual({
        name: safeFileName(filename),
        options: uploadOptionsSchema.parse(fields),
      });
    },
  });

  forAll(1500, {
    claim: 'any other Upload-Metadata is refused with its code, or gives a safe name and good options',
    values: fc.oneof(
      value,
      fc
        .tuple(options, damages(',', ' ', '=', 'filename ', '-', 'title '))
        .map(([pairs, done]) => damaged(Buffer.from(metadataOf(pairs)), done).toString('latin1')),
      fc
        .array(
          fc.tuple(fc.constantFrom('filename', 'title', 'language', '__proto__', 'webhook', 'x'), base64),
          { maxLength: 4 },
        )
        .map((pairs) => pairs.map((pair) => pair.join(' ')).join(',')),
    ),
    holds: (text) => {
      const read = judged({}, () => readMetadata(text));
      if ('code' in read) {
        expect(['INVALID_METADATA', 'INVALID_OPTION']).toContain(read.code);
        return;
      }
      expect(safeFileName(read.name)).toBe(read.name);
      expect(uploadOptionsSchema.parse(read.options)).toEqual(read.options);
    },
  });

  forAll(1200, {
    claim: 'lengths and offsets are digits without a zero in front, that a number holds exactly',
    values: fc.record({ text: number, concat: fc.boolean() }),
    holds: ({ text, concat }) => {
      const isWhole = /^(0|[1-9][0-9]*)$/.test(text) && BigInt(text) <= 2n ** 53n - 1n;
      const length = judged({ 'upload-length': text, ...(concat ? { 'upload-concat': text } : {}) }, (req) =>
        uploadLength(req, 1000),
      );
      if (concat || !isWhole) expect(length).toEqual({ code: 'INVALID_INPUT' });
      else if (Number(text) === 0) expect(length).toEqual({ code: 'EMPTY_FILE' });
      else expect(length).toEqual(Number(text) <= 1000 ? Number(text) : { code: 'TOO_LARGE' });
      const type = { 'content-type': 'application/offset+octet-stream' };
      const patch = judged({ ...type, 'upload-offset': text }, checkPatch);
      expect(patch).toEqual(isWhole ? undefined : { code: 'OFFSET_MISMATCH' });
    },
  });

  forAll(500, {
    claim: 'an Idempotency-Key is visible ASCII, or refused',
    values: fc.oneof(
      value,
      fc.stringMatching(/^[!-~]{1,255}$/),
      fc.nat(300).map((count) => 'k'.repeat(count)),
    ),
    holds: (key) => {
      const isKey =
        key.length >= 1 && key.length <= 255 && Buffer.from(key).every((byte) => byte > 0x20 && byte < 0x7f);
      expect(judged({ 'idempotency-key': key }, idempotencyKey)).toEqual(
        isKey ? key : { code: 'INVALID_INPUT' },
      );
    },
  });

  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let client: RawClient;
  let jobId = '';
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth, {}, { trustProxy: 1 });
    client = new RawClient(gateway.port);
    jobId = (await succeededJob(gateway, auth.ada)).id;
  });
  afterAll(async () => {
    client.close();
    await gateway.close();
    await auth.close();
  });

  forAll(1000, {
    claim: 'nobody is let in by a changed token, a wrong scheme, or something else in its place',
    values: fc.record({
      scheme: fc.oneof(fc.constantFrom('Bearer ', 'bearer  ', 'Basic ', 'Bearer', 'Bearer\t', ''), value),
      done: fc.option(damages('.', '=', ' ', 'e30', '\x80')),
      behind: fc.oneof(fc.constantFrom('', ' ', ', Bearer x', ' x'), value),
    }),
    holds: async ({ scheme, done, behind }) => {
      const { token } = auth.ada;
      const shown =
        done === null
          ? token
          : damaged(Buffer.from(token), done)
              .toString('latin1')
              .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
      const authorization = `${scheme}${shown}${behind}`.trim();
      const answer = await client.exchange([requestBytes('GET /me', [['Authorization', authorization]])]);
      const isIts = new RegExp(`^bearer +${token.replaceAll('.', '\\.')}$`, 'i').test(authorization);
      expectDocumented(answer);
      expect(answer.status).toBe(isIts && authorization.endsWith(token) ? 200 : 401);
    },
  });

  forAll(3760, {
    claim: 'any request is answered as documented, once, and the next one as well',
    values: fc.record({ method, target, headers, body, isKnown: fc.boolean() }),
    holds: async ({ method: name, target: path, headers: sent, body: bytes, isKnown }) => {
      const who: [string, string][] = isKnown ? [['Authorization', `Bearer ${auth.ada.token}`]] : [];
      const hasBody = name !== 'HEAD';
      // Without its job this would be another test; streams of events do not end.
      fc.pre(!(name === 'DELETE' && path.includes('JOB')) && !(isKnown && path.includes('/events')));
      const request = requestBytes(`${name} ${path.replace('JOB', jobId)}`, [...who, ...sent], bytes);
      expectDocumented(await client.exchange([request], { hasBody }), { hasBody });
      expect(gateway.untold()).toEqual([]);
    },
  });

  forAll(500, {
    claim: 'bytes that may be no request are answered as documented or not at all, and the server goes on',
    values: fc.record({
      method,
      target,
      headers: fc.array(
        fc.oneof(
          header,
          fc.tuple(
            fc.constantFrom(
              'Connection',
              'Expect',
              'Transfer-Encoding',
              'Content-Length',
              'Upgrade',
              'Host',
              'TE',
              'Trailer',
            ),
            fc.oneof(value, fc.constantFrom('chunked', 'close', '100-continue', '5', '-1', 'h2c')),
          ),
        ),
        { maxLength: 6 },
      ),
      body,
      done: damages(
        '\r\n',
        '\n',
        '\0',
        ':',
        ' ',
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n',
        'GET / HTTP/1.1\r\n\r\n',
      ),
    }),
    holds: async ({ method: name, target: path, headers: sent, body: bytes, done }) => {
      const token: [string, string] = ['Authorization', `Bearer ${auth.bob.token}`];
      const said = await client.blurt(
        damaged(requestBytes(`${name} ${path}`, [token, ...sent], bytes), done),
      );
      const statuses = [...said.toString('latin1').matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) =>
        Number(status),
      );
      for (const status of statuses) expect(status === 100 || status < 500).toBe(true);
      gateway.untold(); // a damaged target may be another one to whom it is read by
      expect((await client.exchange([requestBytes('GET /healthz', [])])).status).toBe(200);
    },
  });

  const step = fc.record({
    offset: fc.oneof({ weight: 5, arbitrary: fc.constant('right') }, { weight: 1, arbitrary: number }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    type: fc.oneof(
      { weight: 5, arbitrary: fc.constant('application/offset+octet-stream') },
      { weight: 1, arbitrary: value },
    ),
    checksum: fc.constantFrom('none', 'right', 'right', 'wrong', 'odd'),
    version: fc.constantFrom('1.0.0', '1.0.0', '1.0.0', '1.0.0', '1.0'),
    method: fc.constantFrom('PATCH', 'POST'),
  });

  forAll(40, {
    claim:
      'a resumable upload grows by what is right and by nothing else, and becomes the file that was sent',
    values: fc.record({
      content: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      steps: fc.array(step, { maxLength: 8 }),
    }),
    holds: async ({ content, steps }) => {
      const own = [
        ['Authorization', `Bearer ${auth.ada.token}`],
        ['Tus-Resumable', '1.0.0'],
      ] as const;
      const created = await client.exchange([
        requestBytes('POST /uploads', [...own, ['Upload-Length', String(content.length)]]),
      ]);
      expect(created.status).toBe(201);
      const path = created.headers['location'] ?? '';
      let at = 0;
      const last = {
        offset: 'right',
        bytes: content,
        type: 'application/offset+octet-stream',
        checksum: 'right',
        version: '1.0.0',
        method: 'PATCH',
      };
      for (const { offset, bytes, type, checksum, version, method: name } of [...steps, last]) {
        if (at === content.length) break;
        // The right bytes in the length of the wrong ones.
        const piece = Buffer.from(content.subarray(at, at + bytes.length));
        const digest = createHash('sha1')
          .update(checksum === 'wrong' ? 'x' : piece)
          .digest('base64');
        const answer = await client.exchange([
          requestBytes(
            `${name} ${path}`,
            [
              ...own.slice(0, 1),
              ['Tus-Resumable', version],
              ['Upload-Offset', offset === 'right' ? String(at) : offset],
              ['Content-Type', type],
              ...(name === 'POST' ? ([['X-HTTP-Method-Override', 'PATCH']] as const) : []),
              ...(checksum === 'none'
                ? []
                : ([['Upload-Checksum', checksum === 'odd' ? 'md5 x' : `sha1 ${digest}`]] as const)),
            ],
            piece,
          ),
        ]);
        expectDocumented(answer);
        const isRight =
          (offset === 'right' || offset === String(at)) &&
          version === '1.0.0' &&
          ['none', 'right'].includes(checksum) &&
          type.toLowerCase() === 'application/offset+octet-stream';
        expect(answer.status === 204).toBe(isRight);
        if (isRight) at += piece.length;
        const where = await client.exchange([requestBytes(`HEAD ${path}`, own)], { hasBody: false });
        expect([where.status, where.headers['upload-offset']]).toEqual([200, String(at)]);
      }
      const job = (await gateway.jobs.get(path.slice('/uploads/'.length)))?.job;
      const files = job?.source.parts ?? [job?.source.fileId ?? newId()];
      const stored = await Promise.all(files.map(async (file) => buffer(await gateway.files.read(file))));
      expect(Buffer.concat(stored).equals(content)).toBe(true);
    },
  });
});
