import { Readable } from 'node:stream';
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect } from '@jest/globals';
import {
  closeServer,
  createHttpApp,
  createMetrics,
  listen,
  problemHandler,
  silentLog,
} from '@clipscribe/runtime';
import {
  describeChapter,
  oddText,
  RawClient,
  requestBytes,
  type RawAnswer,
} from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { sendContent, type Content } from '../../src/send-content.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from '../gateway-harness.ts';
import { mp3Bytes, succeededJob } from '../job-maker.ts';
import { askedFor } from './range-model.ts';

const MODIFIED_MS = 1_700_000_000_123;
const MODIFIED = new Date(MODIFIED_MS).toUTCString();
const TAG = '"some-tag"';

const position = fc.oneof(
  fc.nat(1200).map(String),
  fc.constantFrom(
    '',
    '0',
    '00',
    '1',
    '9007199254740993',
    '9'.repeat(400),
    '-1',
    '+1',
    '0x10',
    '1e3',
    ' 1',
    '1.0',
    '٣',
  ),
);
const spec = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(position, position).map(([first, last]) => `${first}-${last}`) },
  { weight: 1, arbitrary: fc.constantFrom('-', '', 'x', '1', '0-0-0', '--1') },
);
const blank = fc.constantFrom('', '', '', ' ', '\t');
const specs = fc
  .array(fc.tuple(blank, spec, blank), { minLength: 1, maxLength: 7 })
  .map((all) => all.map((parts) => parts.join('')).join(','));
const single = fc
  .tuple(fc.nat(1200), fc.option(fc.nat(1200), { nil: '' }))
  .map(([first, last]) => `${first}-${last}`);
const latin1 = /^[\t\x20-\x7e\x80-\xff]*$/;

/** `Range` headers as they are, nearly are, and are not. Blanks at the ends are not part of a value. */
const range = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('bytes='),
          fc.oneof(
            single,
            fc.nat(1200).map((n) => `-${n}`),
          ),
        )
        .map((p) => p.join('')),
    },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom('bytes=', 'bytes=', 'Bytes=', 'bytes =', 'items=', '=', ''), specs)
        .map((p) => p.join('')),
    },
    { weight: 1, arbitrary: oddText(4).filter((text) => latin1.test(text)) },
  )
  .map((text) => text.trim())
  .filter((text) => text !== '' && latin1.test(text));

const bytesOf = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, index) => (index * 7 + (index >> 8)) % 256));
const size = fc.oneof(fc.nat(1100), fc.constantFrom(0, 1, 2));

const etag = fc.constantFrom(TAG, `W/${TAG}`, '"other"', 'W/"other"', '""');
const dates = [-3600_000, -1000, 0, 1000, 3600_000].map((ms) => new Date(MODIFIED_MS + ms).toUTCString());
const conditions = fc.record(
  {
    ifRange: fc.oneof(etag, fc.constantFrom(...dates, 'yesterday')),
    ifNoneMatch: fc.oneof(
      fc.constant('*'),
      fc.array(etag, { minLength: 1, maxLength: 3 }).map((tags) => tags.join(', ')),
    ),
    ifModifiedSince: fc.constantFrom(...dates, 'yesterday'),
  },
  { requiredKeys: [] },
);

function isFresh({
  ifNoneMatch,
  ifModifiedSince,
}: {
  ifNoneMatch?: string;
  ifModifiedSince?: string;
}): boolean {
  if (ifNoneMatch !== undefined)
    return ifNoneMatch === '*' || ifNoneMatch.split(', ').some((tag) => tag.replace(/^W\//, '') === TAG);
  const since = Date.parse(ifModifiedSince ?? '');
  return since >= Math.floor(MODIFIED_MS / 1000) * 1000;
}

/** The answer to a GET with this range, held against what was asked for. */
function expectAsked(answer: RawAnswer, header: string, content: Buffer): void {
  const asked = askedFor(header, content.length);
  const { status, headers, body } = answer;
  if (status === 416) {
    expect(['unsatisfiable', 'invalid']).toContain(asked.kind);
    expect(headers['content-range']).toBe(`bytes */${content.length}`);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'RANGE_NOT_SATISFIABLE', status: 416 });
    expect(headers).not.toHaveProperty('etag');
    return;
  }
  expect(headers).toMatchObject({ 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' });
  expect(headers['content-length']).toBe(String(body.length));
  if (status === 200) {
    expect(body.equals(content)).toBe(true);
    expect(headers).not.toHaveProperty('content-range');
    // A single one must be answered, in the form that the whole world sends, when it is not all of the file.
    if (asked.kind === 'unsatisfiable') expect(header).not.toMatch(/^bytes=(\d+-\d*|-\d+)$/);
    if (asked.kind !== 'slices' || !asked.isSingle || !/^bytes=[\d-]+$/.test(header)) return;
    expect(asked.slices).toEqual([{ first: 0, last: content.length - 1 }]);
    return;
  }
  expect(status).toBe(206);
  expect(asked.kind).toBe('slices');
  if (asked.kind !== 'slices') return;
  const sent = asked.slices.find(
    ({ first, last }) => headers['content-range'] === `bytes ${first}-${last}/${content.length}`,
  );
  expect(sent).toBeDefined();
  expect(body.equals(content.subarray(sent?.first, (sent?.last ?? 0) + 1))).toBe(true);
}

describeChapter(import.meta.dirname, 'ranges', (forAll) => {
  let server: Server;
  let client: RawClient;
  let bytes: Buffer = Buffer.alloc(0);
  const content = (): Content => ({
    ...{
      bytes: bytes.length,
      tag: 'some-tag',
      contentType: 'audio/mpeg',
      name: 'a.mp3',
      modifiedAt: MODIFIED_MS,
    },
    open: (part) =>
      Promise.resolve(Readable.from([part === undefined ? bytes : bytes.subarray(part.start, part.end + 1)])),
  });
  beforeAll(async () => {
    const app = createHttpApp({ log: silentLog, metrics: createMetrics('fuzz') });
    app.get('/', async (req, res) => {
      await sendContent(req, res, content());
    });
    app.use(problemHandler(silentLog));
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    server = listening.server;
    client = new RawClient(listening.port);
  });
  afterAll(async () => {
    client.close();
    await closeServer(server, 0);
  });

  forAll(6300, {
    claim: 'a range is answered with the bytes that it asks for',
    values: fc.record({ size, range }),
    holds: async ({ size: count, range: header }) => {
      bytes = bytesOf(count);
      expectAsked(await client.exchange([requestBytes('GET /', [['Range', header]])]), header, bytes);
    },
  });

  forAll(2500, {
    claim: 'conditions are judged before ranges, and both only where they hold',
    values: fc.record({ size, range: fc.option(range), conditions }),
    holds: async ({ size: count, range: header, conditions: given }) => {
      bytes = bytesOf(count);
      const headers: [string, string][] = [];
      if (header !== null) headers.push(['Range', header]);
      if (given.ifRange !== undefined) headers.push(['If-Range', given.ifRange]);
      if (given.ifNoneMatch !== undefined) headers.push(['If-None-Match', given.ifNoneMatch]);
      if (given.ifModifiedSince !== undefined) headers.push(['If-Modified-Since', given.ifModifiedSince]);
      const answer = await client.exchange([requestBytes('GET /', headers)]);
      if (isFresh(given)) {
        expect([answer.status, answer.headers['etag'], answer.body.length]).toEqual([304, TAG, 0]);
        return;
      }
      const holds = given.ifRange === undefined || given.ifRange === TAG || given.ifRange === MODIFIED;
      if (header !== null && holds) expectAsked(answer, header, bytes);
      else expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
    },
  });

  forAll(700, {
    claim: 'HEAD tells of the whole file, whatever range comes with it',
    values: fc.record({ size, range }),
    holds: async ({ size: count, range: header }) => {
      bytes = bytesOf(count);
      const answer = await client.exchange([requestBytes('HEAD /', [['Range', header]])], { hasBody: false });
      expect([answer.status, answer.headers['content-length']]).toEqual([200, String(count)]);
    },
  });

  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let gatewayClient: RawClient;
  let paths: string[];
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
    gatewayClient = new RawClient(gateway.port);
    const job = await succeededJob(gateway, auth.ada);
    paths = [`/jobs/${job.id}/audio`, `/download?fid=${job.audio.fileId ?? ''}`];
  });
  afterAll(async () => {
    gatewayClient.close();
    await gateway.close();
    await auth.close();
  });

  forAll(500, {
    claim: 'a stored file is sent by the same rules',
    values: fc.record({ path: fc.nat(1), range }),
    holds: async ({ path, range: header }) => {
      const headers = [
        ['Authorization', `Bearer ${auth.ada.token}`],
        ['Range', header],
      ] as const;
      const answer = await gatewayClient.exchange([requestBytes(`GET ${paths[path] ?? ''}`, headers)]);
      expectAsked(answer, header, mp3Bytes);
    },
  });
});
