import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import { FileMissingError } from '@clipscribe/file-store';
import { createLog, UnavailableError } from '@clipscribe/runtime';
import type { Response } from 'supertest';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { mp3Bytes, queuedJob, sourceBytes, storeFile, succeededJob, transcriptText } from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
let job: Job;
const logged: string[] = [];
beforeAll(async () => {
  auth = await startAuth();
  const write = (line: string): void => void logged.push(line);
  gateway = await startGateway(
    auth,
    {},
    { log: createLog('test', { level: 'error', destination: { write } }) },
  );
  job = await succeededJob(gateway, auth.ada);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** GET with the body as bytes, whatever its type. */
function get(path: string, headers: Record<string, string> = {}) {
  return gateway.as(auth.ada).get(path).set(headers).buffer(true).parse(readBytes);
}

function readBytes(answer: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // Superagent hands the parser the incoming message, though its types say otherwise.
  const body = answer as unknown as Readable;
  body.on('data', (chunk: Buffer) => chunks.push(chunk));
  body.on('end', () => {
    done(null, Buffer.concat(chunks));
  });
}

const audio = (headers?: Record<string, string>) => get(`/jobs/${job.id}/audio`, headers);
const quoted = async () => (await audio()).headers['etag'] ?? '';

describe('a whole file', () => {
  it('comes with everything that a client needs to keep it', async () => {
    const answer = await audio().expect(200);
    expect(answer.body).toEqual(mp3Bytes);
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '1000',
      'content-disposition': 'attachment; filename=talk.mp4.mp3',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
    });
    const file = await gateway.files.stat(job.audio.fileId ?? '');
    expect(answer.headers['etag']).toBe(`"${file?.sha256 ?? ''}"`);
    expect(answer.headers['last-modified']).toBe(new Date(file?.createdAt ?? 0).toUTCString());
  });

  it('is never shown as a page', async () => {
    const { headers } = await audio();
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none';sandbox");
    expect(headers['content-disposition']).toMatch(/^attachment/);
  });

  it('HEAD gives the same headers and no body', async () => {
    const { headers: got } = await audio();
    const { headers, text } = await gateway.as(auth.ada).head(`/jobs/${job.id}/audio`).expect(200);
    for (const name of [
      'content-type',
      'content-length',
      'content-disposition',
      'etag',
      'last-modified',
      'accept-ranges',
    ]) {
      expect([name, headers[name]]).toEqual([name, got[name]]);
    }
    expect(text).toBeFalsy();
  });
});

describe('conditional requests', () => {
  it.each([
    ['the ETag', (etag: string) => etag],
    ['it among others', (etag: string) => `"other", ${etag}`],
    ['its weak form', (etag: string) => `W/${etag}`],
    ['a star', () => '*'],
  ])('If-None-Match with %s: 304 without a body', async (_what, condition) => {
    const answer = await audio({ 'If-None-Match': condition(await quoted()) }).expect(304);
    expect(answer.body).toEqual(Buffer.alloc(0));
    expect(answer.headers['etag']).toBe(await quoted());
    expect(answer.headers).not.toHaveProperty('content-length');
  });

  it('If-None-Match with another ETag: 200', async () => {
    expect((await audio({ 'If-None-Match': '"other"' }).expect(200)).body).toEqual(mp3Bytes);
  });

  it('If-Modified-Since: 304 at the date of the file, 200 before', async () => {
    const date = (await audio()).headers['last-modified'] ?? '';
    await audio({ 'If-Modified-Since': date }).expect(304);
    await audio({ 'If-Modified-Since': new Date(0).toUTCString() }).expect(200);
  });

  it('If-None-Match is asked before the range', async () => {
    await audio({ 'If-None-Match': await quoted(), Range: 'bytes=0-0' }).expect(304);
  });
});

describe('ranges', () => {
  it.each([
    ['0-0', 0, 0],
    ['0-999', 0, 999],
    ['10-19', 10, 19],
    ['999-999', 999, 999],
    ['500-', 500, 999],
    ['-1', 999, 999],
    ['-1000', 0, 999],
    ['990-5000', 990, 999],
    ['0-99999999999999999999', 0, 999],
  ])('bytes=%s: 206', async (range, start, end) => {
    const answer = await audio({ Range: `bytes=${range}` }).expect(206);
    expect(answer.body).toEqual(mp3Bytes.subarray(start, end + 1));
    expect(answer.headers['content-range']).toBe(`bytes ${String(start)}-${String(end)}/1000`);
    expect(answer.headers['content-length']).toBe(String(end - start + 1));
    expect(answer.headers['etag']).toBe(await quoted());
  });

  it.each(['1000-', '1000-1000', '5000-6000', '99999999999999999999-', '-0'])(
    'bytes=%s: 416',
    async (range) => {
      const answer = await gateway.as(auth.ada).get(`/jobs/${job.id}/audio`).set('Range', `bytes=${range}`);
      expectProblem(answer, 'RANGE_NOT_SATISFIABLE');
      expect(answer.headers['content-range']).toBe('bytes */1000');
      expect(answer.headers).not.toHaveProperty('content-disposition');
    },
  );

  it.each([
    ['garbage', 'garbage'],
    ['no numbers', 'bytes=a-b'],
    ['no range', 'bytes='],
    ['a dash', 'bytes=-'],
    ['negative numbers', 'bytes=--5'],
    ['fractions', 'bytes=0.5-1'],
    ['another unit', 'lines=0-1'],
    ['two ranges', 'bytes=0-0,5-9'],
    ['two ranges the wrong way round', 'bytes=5-9, 0-0'],
    [
      'a thousand ranges',
      `bytes=${Array.from({ length: 1000 }, (_, index) => `${String(index)}-`).join(',')}`,
    ],
  ])('%s: 200 with the whole file', async (_what, range) => {
    const answer = await audio({ Range: range }).expect(200);
    expect(answer.body).toEqual(mp3Bytes);
    expect(answer.headers).not.toHaveProperty('content-range');
  });

  it('a suffix longer than the file is all of it', async () => {
    expect((await audio({ Range: 'bytes=-5000' }).expect(200)).body).toEqual(mp3Bytes);
  });

  it('HEAD knows no ranges', async () => {
    const { headers } = await gateway
      .as(auth.ada)
      .head(`/jobs/${job.id}/audio`)
      .set('Range', 'bytes=0-9')
      .expect(200);
    expect(headers['content-length']).toBe('1000');
  });

  it.each<[string, () => Promise<string>, number]>([
    ['the ETag', quoted, 206],
    ['the date', async () => (await audio()).headers['last-modified'] ?? '', 206],
    ['another ETag', () => Promise.resolve('"other"'), 200],
    ['a weak ETag', async () => `W/${await quoted()}`, 200],
    ['another date', () => Promise.resolve(new Date(0).toUTCString()), 200],
    ['garbage', () => Promise.resolve('garbage'), 200],
  ])('If-Range with %s', async (_what, condition, status) => {
    const answer = await audio({ Range: 'bytes=0-9', 'If-Range': await condition() }).expect(status);
    expect(answer.body).toEqual(status === 206 ? mp3Bytes.subarray(0, 10) : mp3Bytes);
  });
});

describe('names', () => {
  it.each([
    ['talk.mp4', 'attachment; filename=talk.mp4'],
    [
      'Grüße aus Köln.mp4',
      `attachment; filename="Gr??e aus K?ln.mp4"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln.mp4`,
    ],
    ['日本.mp4', `attachment; filename="??.mp4"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp4`],
    ['a "quoted" one.mp4', String.raw`attachment; filename="a \"quoted\" one.mp4"`],
    ['100%41.mp4', `attachment; filename=100%41.mp4; filename*=UTF-8''100%2541.mp4`],
  ])('%s', async (name, header) => {
    const { source } = await queuedJob(gateway, auth.ada, name);
    const { headers } = await get(`/download?fid=${source.fileId}`).expect(200);
    expect(asLatin1(headers['content-disposition'])).toBe(header);
  });

  /** Letters of Latin-1 may stay as they are in the plain form; which ones do is the library's choice. */
  const asLatin1 = (header: string | undefined) => header?.replace(/[\x80-\xff]/g, '?');
});

describe('GET /download', () => {
  it('gives the MP3, the transcript as text, and the source', async () => {
    expect((await get(`/download?fid=${job.audio.fileId ?? ''}`).expect(200)).body).toEqual(mp3Bytes);
    const transcript = await get(`/download?fid=${job.transcript.fileId ?? ''}`).expect(200);
    expect(String(transcript.body)).toBe(transcriptText);
    expect(transcript.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await get(`/download?fid=${job.source.fileId}`).expect(200)).body).toEqual(sourceBytes);
  });

  it('knows ranges and conditions too', async () => {
    const path = `/download?fid=${job.audio.fileId ?? ''}`;
    expect((await get(path, { Range: 'bytes=1-2' }).expect(206)).body).toEqual(mp3Bytes.subarray(1, 3));
    await get(path, { 'If-None-Match': await quoted() }).expect(304);
    await gateway.as(auth.ada).head(path).expect(200).expect('Content-Length', '1000');
  });

  it('serves an uploaded page as bytes, not as a page', async () => {
    const { source } = await queuedJob(gateway, auth.ada, 'page.html');
    const { headers } = await get(`/download?fid=${source.fileId}`).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename=page.html',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(['/download', '/download?fid=', '/download?fid=a&fid=b', '/download?id=x'])(
    '%s: 400',
    async (path) => {
      expectProblem(await gateway.as(auth.ada).get(path), 'INVALID_INPUT');
    },
  );

  it.each([
    'nonsense',
    '../../etc/passwd',
    'a%00b',
    '%2e%2e%2f',
    '0198f2c0-0000-7000-8000-000000000000',
    '0198F2C0-0000-7000-8000-000000000000',
    '[object Object]',
  ])('fid=%s: 404', async (fid) => {
    expectProblem(await gateway.as(auth.ada).get(`/download?fid=${fid}`), 'NOT_FOUND');
  });

  it('a file that its job does not refer to, as a lost race leaves it: 404', async () => {
    const fileId = await storeFile(
      gateway,
      { ownerId: auth.ada.userId, jobId: job.id, kind: 'audio' },
      'late',
    );
    expectProblem(await gateway.as(auth.ada).get(`/download?fid=${fileId}`), 'NOT_FOUND');
  });

  it('a file of a job that never was, as an unfinished upload has it: 404', async () => {
    const fileId = await storeFile(
      gateway,
      { ownerId: auth.ada.userId, jobId: newId(), kind: 'source' },
      'x',
    );
    expectProblem(await gateway.as(auth.ada).get(`/download?fid=${fileId}`), 'NOT_FOUND');
  });

  it('what a job refers to but somebody else owns: 404', async () => {
    const ofBob = await succeededJob(gateway, auth.bob);
    for (const id of [ofBob.audio.fileId, ofBob.transcript.fileId, ofBob.source.fileId]) {
      expectProblem(await gateway.as(auth.ada).get(`/download?fid=${id ?? ''}`), 'NOT_FOUND');
    }
  });
});

describe('the store fails', () => {
  const path = () => `/jobs/${job.id}/audio`;

  beforeEach(() => {
    logged.length = 0;
  });
  afterEach(() => {
    delete gateway.faults.files.read;
  });

  it('before the first byte: 503, and no word of the file in the headers', async () => {
    gateway.faults.files.read = () => Promise.reject(new UnavailableError('file store'));
    const answer = await gateway.as(auth.ada).get(path()).set('Range', 'bytes=0-9');
    expectProblem(answer, 'STORE_UNAVAILABLE');
    for (const name of ['content-disposition', 'content-range', 'etag', 'accept-ranges']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  it.each(['audio', 'transcript', 'transcript?format=json'])(
    '%s deleted at this moment: 404',
    async (what) => {
      gateway.faults.files.read = (id) => Promise.reject(new FileMissingError(id));
      expectProblem(await gateway.as(auth.ada).get(`/jobs/${job.id}/${what}`), 'NOT_FOUND');
    },
  );

  it('a transcript that cannot be read is our fault, not the caller’s', async () => {
    gateway.faults.files.read = () => Promise.resolve(Readable.from([Buffer.from('{"v":1}')]));
    expectProblem(await gateway.as(auth.ada).get(`/jobs/${job.id}/transcript`), 'INTERNAL');
  });

  it('in the middle: the connection breaks, so that half a file does not pass for a whole one', async () => {
    const half = function* () {
      yield mp3Bytes.subarray(0, 500);
      throw new UnavailableError('file store');
    };
    gateway.faults.files.read = () => Promise.resolve(Readable.from(half()));
    await expect(gateway.as(auth.ada).get(path())).rejects.toThrow(/aborted|hang up/);
    await gateway.client.get('/healthz').expect(200);
  });

  it('closes the file when the client leaves', async () => {
    const stuck = new Readable({ read: () => undefined });
    stuck.push(mp3Bytes.subarray(0, 500));
    gateway.faults.files.read = () => Promise.resolve(stuck);
    const headers = { authorization: `Bearer ${auth.ada.token}` };
    const leaving = httpRequest(`${gateway.url}${path()}`, { agent: false, headers }).end();
    const closed = new Promise((resolve) => stuck.once('close', resolve));
    await once(leaving, 'response');
    leaving.destroy();
    await closed;
    await gateway.client.get('/healthz').expect(200);
  });

  it('closes the file when the client has left before it is open, and does not call that an error', async () => {
    const opening = Promise.withResolvers<Readable>();
    const asked = Promise.withResolvers<string>();
    gateway.faults.files.read = (id) => {
      asked.resolve(id);
      return opening.promise;
    };
    const headers = { authorization: `Bearer ${auth.ada.token}` };
    const leaving = httpRequest(`${gateway.url}${path()}`, { agent: false, headers }).end();
    leaving.on('error', () => undefined);
    const [connection] = (await once(gateway.server, 'connection')) as [Socket];
    const gone = once(connection, 'close');
    await asked.promise;
    leaving.destroy();
    await gone;
    const body = Readable.from([mp3Bytes]);
    opening.resolve(body);
    await new Promise((resolve) => body.once('close', resolve));
    await gateway.client.get('/healthz').expect(200);
    expect(logged).toEqual([]);
  });
});
