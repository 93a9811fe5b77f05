import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemCode } from '@clipscribe/contracts';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { sendRaw } from './raw-http.ts';
import { expectRefusal, idOf, metadata, readAnswer, sha1, TusBench } from './tus-bench.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
let tus: TusBench;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, { maxUploadBytes: 100_000 });
  tus = new TusBench(gateway, auth.ada);
});
afterEach(async () => {
  tus.person = auth.ada;
  await tus.reset();
  await gateway.reset();
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const BYTES = { 'content-type': 'application/offset+octet-stream' };

describe('POST /uploads is refused, and leaves nothing', () => {
  const length = { 'upload-length': '10' };
  const about = (values: Record<string, string>) => ({ ...length, 'upload-metadata': metadata(values) });
  const cases: [string, ProblemCode, Record<string, string>, Buffer?][] = [
    ['without Tus-Resumable', 'TUS_VERSION', { ...length, 'tus-resumable': '' }],
    ['with another version of tus', 'TUS_VERSION', { ...length, 'tus-resumable': '0.2.2' }],
    ['without Upload-Length', 'INVALID_INPUT', {}],
    ['with a negative Upload-Length', 'INVALID_INPUT', { 'upload-length': '-1' }],
    ['with an Upload-Length that is none', 'INVALID_INPUT', { 'upload-length': '1e3' }],
    ['with an endless Upload-Length', 'INVALID_INPUT', { 'upload-length': '9'.repeat(40) }],
    ['with an empty file', 'EMPTY_FILE', { 'upload-length': '0' }],
    ['with more than MAX_UPLOAD', 'TOO_LARGE', { 'upload-length': '100001' }],
    ['with a length to come later', 'INVALID_INPUT', { 'upload-defer-length': '1' }],
    ['as a part of another upload', 'INVALID_INPUT', { ...length, 'upload-concat': 'partial' }],
    [
      'with metadata that is no base64',
      'INVALID_METADATA',
      { ...length, 'upload-metadata': 'filename x.mp4' },
    ],
    ['with metadata without a key', 'INVALID_METADATA', { ...length, 'upload-metadata': ', ,' }],
    [
      'with metadata of bytes that are no text',
      'INVALID_METADATA',
      { ...length, 'upload-metadata': 'title /w==' },
    ],
    ['with a key twice', 'INVALID_METADATA', { ...length, 'upload-metadata': 'title YQ==,title Yg==' }],
    ['with much metadata', 'INVALID_METADATA', about({ filename: 'a'.repeat(6001) })],
    ['with an unknown option', 'INVALID_OPTION', about({ speed: '2' })],
    ['with an option called __proto__', 'INVALID_OPTION', about({ ['__proto__']: '2' })],
    ['with an unknown language', 'INVALID_OPTION', about({ language: 'klingon' })],
    ['with a quality that is none', 'INVALID_OPTION', about({ quality: 'best' })],
    ['with a title of two lines', 'INVALID_OPTION', about({ title: 'a\r\nb' })],
    [
      'with bytes of another type',
      'UNSUPPORTED_TYPE',
      { ...length, 'content-type': 'video/mp4' },
      Buffer.from('a'),
    ],
    ['with more bytes than its length', 'TOO_LARGE', { ...length, ...BYTES }, Buffer.alloc(11)],
    [
      'with an unknown checksum',
      'INVALID_CHECKSUM',
      { ...length, ...BYTES, 'upload-checksum': 'crc32 AAAA' },
      Buffer.alloc(3),
    ],
    [
      'with a wrong checksum',
      'CHECKSUM_MISMATCH',
      { ...length, ...BYTES, 'upload-checksum': `sha1 ${sha1(Buffer.from('b'))}` },
      Buffer.from('a'),
    ],
  ];
  it.each(cases)('%s: %s', async (...[, code, headers, body]) => {
    const answer = await tus.send('POST', '/uploads', headers, body);
    expectRefusal(answer, code);
    if (code === 'TUS_VERSION') expect(answer.headers['tus-version']).toBe('1.0.0');
    expect((await gateway.jobs.usage(auth.ada.userId)).reserved).toEqual({ jobs: 0, bytes: 0 });
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('with more bytes than its length, when these come in chunks', async () => {
    const sending = tus.open('POST', '/uploads', { 'upload-length': '10', ...BYTES });
    for (let n = 0; n < 5; n += 1) sending.write(Buffer.alloc(3));
    sending.end();
    expectRefusal(await readAnswer(sending), 'TOO_LARGE');
    expect((await gateway.jobs.usage(auth.ada.userId)).reserved).toEqual({ jobs: 0, bytes: 0 });
  });

  it('with two different lengths of the body', async () => {
    const head = `POST /uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${auth.ada.token}\r\nTus-Resumable: 1.0.0\r\n`;
    const answer = await sendRaw(gateway.port, `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('PATCH is refused, and the upload stays as it was', () => {
  const cases: [string, ProblemCode, Record<string, string>][] = [
    ['without Tus-Resumable', 'TUS_VERSION', { 'tus-resumable': '' }],
    ['of another type', 'UNSUPPORTED_TYPE', { 'content-type': 'application/octet-stream' }],
    ['with an offset too low', 'OFFSET_MISMATCH', { 'upload-offset': '0' }],
    ['with an offset too high', 'OFFSET_MISMATCH', { 'upload-offset': '4' }],
    ['with an offset that is none', 'OFFSET_MISMATCH', { 'upload-offset': 'three' }],
    ['with a negative offset', 'OFFSET_MISMATCH', { 'upload-offset': '-3' }],
    ['with an empty offset', 'OFFSET_MISMATCH', { 'upload-offset': '' }],
    ['with another length', 'INVALID_INPUT', { 'upload-length': '5' }],
    ['with an unknown checksum', 'INVALID_CHECKSUM', { 'upload-checksum': 'md4 AAAA' }],
    ['with a checksum that is none', 'INVALID_CHECKSUM', { 'upload-checksum': 'sha1' }],
    ['with a short checksum', 'INVALID_CHECKSUM', { 'upload-checksum': 'sha1 AAAA' }],
    ['with a wrong checksum', 'CHECKSUM_MISMATCH', { 'upload-checksum': `sha1 ${sha1(Buffer.from('x'))}` }],
  ];
  it.each(cases)('%s: %s', async (_title, code, headers) => {
    const path = await tus.create(10);
    await tus.patch(path, 0, Buffer.from('abc'));
    const before = await gateway.filesOnDisk();
    expectRefusal(await tus.patch(path, 3, Buffer.from('defghij'), headers), code);
    expect(await tus.offset(path)).toBe(3);
    expect((await gateway.filesOnDisk()).sort()).toEqual(before.sort());
    expect((await tus.patch(path, 3, Buffer.from('defghij'))).status).toBe(204);
    expect(String(await tus.source(path))).toBe('abcdefghij');
  });

  it('beyond the end, whether the body says so or not', async () => {
    const path = await tus.create(10);
    expectRefusal(await tus.patch(path, 0, Buffer.alloc(11)), 'TOO_LARGE');
    const sending = tus.openPatch(path, 0);
    sending.write(Buffer.alloc(6));
    sending.end(Buffer.alloc(6));
    expectRefusal(await readAnswer(sending), 'TOO_LARGE');
    expect(await tus.offset(path)).toBe(0);
    expect(await gateway.filesOnDisk()).toEqual([]);
  });
});

describe('an upload of somebody else', () => {
  const requests: [string, Record<string, string>][] = [
    ['HEAD', {}],
    ['PATCH', { 'upload-offset': '0', ...BYTES }],
    ['DELETE', {}],
  ];
  it.each(requests)('is not there for %s, nor is its job', async (method, headers) => {
    const path = await tus.create(3);
    tus.person = auth.bob;
    expectRefusal(await tus.send(method, path, headers, Buffer.alloc(0)), 'NOT_FOUND', method === 'HEAD');
    tus.person = auth.ada;
    expect((await tus.patch(path, 0, Buffer.from('abc'))).status).toBe(204);
    tus.person = auth.bob;
    expectRefusal(await tus.send(method, path, headers, Buffer.alloc(0)), 'NOT_FOUND', method === 'HEAD');
  });

  it.each(requests)('is not touched by %s without a token, or with a wrong one', async (method, headers) => {
    const path = await tus.create(3);
    for (const [authorization, code] of [
      ['Bearer not.a.token', 'INVALID_TOKEN'],
      ['Basic YTpi', 'INVALID_TOKEN'],
    ] as const) {
      const answer = await tus.send(method, path, { ...headers, authorization }, Buffer.alloc(0));
      expectRefusal(answer, code, method === 'HEAD');
    }
    const bare = await gateway.client.patch(path).set('Tus-Resumable', '1.0.0').send();
    expect(bare.status).toBe(401);
    expect(await tus.offset(path)).toBe(0);
  });

  it('can be ended by an administrator', async () => {
    const path = await tus.create(3);
    tus.person = auth.admin;
    expect((await tus.send('DELETE', path)).status).toBe(204);
  });

  it('cannot be begun without a token', async () => {
    expect((await gateway.client.post('/uploads').set('Upload-Length', '3')).status).toBe(401);
  });
});

describe('what is no upload', () => {
  const ids = [
    ...['1', 'a%00b', '..%2f..', '%2e%2e%2f', '..%5c..', 'null', 'constructor', 'a'.repeat(300)],
    '01890a5d-ac96-774b-bcce-b302099a8057',
  ];
  it.each(ids)('%s: 404', async (id) => {
    expectRefusal(await tus.send('HEAD', `/uploads/${id}`), 'NOT_FOUND', true);
    expectRefusal(await tus.patch(`/uploads/${id}`, 0, Buffer.from('a')), 'NOT_FOUND');
    expectRefusal(await tus.send('DELETE', `/uploads/${id}`), 'NOT_FOUND');
  });

  it('a job of another upload', async () => {
    const answer = await gateway.as(auth.ada).post('/upload').attach('file', Buffer.from('abc'), 'a.mp4');
    const [job] = (answer.body as { jobs: { id: string }[] }).jobs; // the contract of /upload
    expectRefusal(await tus.send('HEAD', `/uploads/${job?.id ?? ''}`), 'NOT_FOUND', true);
    expectRefusal(await tus.send('DELETE', `/uploads/${job?.id ?? ''}`), 'NOT_FOUND');
  });

  it('a path that is no UTF-8', async () => {
    expect((await tus.send('HEAD', '/uploads/%E0%A4%A')).status).toBe(400);
  });

  it.each(['GET', 'PUT', 'TRACE'])('%s on an upload: 405', async (method) => {
    const path = await tus.create(3);
    const answer = await tus.send(method, path);
    expect([answer.status, answer.headers.allow]).toEqual([405, expect.stringContaining('PATCH')]);
    expect(await tus.offset(path)).toBe(0);
    expect(idOf(path)).toHaveLength(36);
  });
});
