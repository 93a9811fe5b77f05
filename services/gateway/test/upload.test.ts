import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uploadAnswerSchema, type JobView } from '@clipscribe/contracts';
import type { Response } from 'supertest';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { BOUNDARY, fieldPart, filePart, multipart, MULTIPART_TYPE, part } from './multipart-body.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** Superagent's own multipart, as other clients build it. */
const upload = () => gateway.as(auth.ada).post('/upload');

/** A body that was built by hand. */
const send = (body: Buffer, type = MULTIPART_TYPE) => upload().set('Content-Type', type).send(body);

function jobsIn(answer: Response): JobView[] {
  expect(answer.status).toBe(202);
  return uploadAnswerSchema.parse(answer.body).jobs;
}

function onlyJob(answer: Response): JobView {
  const [job, ...others] = jobsIn(answer);
  expect(others).toEqual([]);
  if (job === undefined) throw new Error('an accepted upload has a job');
  return job;
}

const nameOf = (answer: Response): string => onlyJob(answer).source.name;

/** The bytes that were stored for a job. */
async function storedBytes(job: JobView): Promise<Buffer> {
  const fileId = (await gateway.jobs.get(job.id))?.job.source.fileId ?? '';
  return buffer(await gateway.files.read(fileId));
}

describe('an accepted upload', () => {
  it('is a queued job with its file, its message and no intent', async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    const answer = await upload().attach('file', content, 'talk.mp4');
    const job = onlyJob(answer);
    expect(answer.headers['location']).toBe(`/jobs/${job.id}`);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(job).toMatchObject({
      state: 'queued',
      run: 1,
      source: { name: 'talk.mp4', bytes: 70_000, sha256 },
      options: { transcript: true, quality: 'V2' },
      audio: { state: 'pending', progress: 0 },
      transcript: { state: 'pending', progress: 0 },
      links: { self: `/jobs/${job.id}`, events: `/jobs/${job.id}/events` },
    });
    expect(await storedBytes(job)).toEqual(content);
    const stored = (await gateway.jobs.get(job.id))?.job;
    expect(stored).toMatchObject({ ownerId: auth.ada.userId, ownerEmail: 'ada@example.org' });
    expect(await gateway.files.stat(stored?.source.fileId ?? '')).toMatchObject({
      ...{ ownerId: auth.ada.userId, jobId: job.id, kind: 'source', name: 'talk.mp4', bytes: 70_000, sha256 },
    });
    expect(await gateway.jobs.staleIntents(-60_000, 10)).toEqual([]);
    expect(await nextMessage(job.id)).toEqual({ v: 1, jobId: job.id });
    await gateway.as(auth.ada).get(job.links.self).expect(200);
  });

  /** The message is published after the answer. */
  async function nextMessage(jobId: string): Promise<unknown> {
    const delivered = Promise.withResolvers<unknown>();
    const consumer = await gateway.queue.consume('video', { slots: 1 }, ({ body }) => {
      const message = JSON.parse(body) as { jobId: string }; // every message has one
      if (message.jobId === jobId) delivered.resolve(message);
      return Promise.resolve({ kind: 'done' });
    });
    const message = await delivered.promise;
    await consumer.stop();
    return message;
  }

  it('of three files is three jobs in their order, with one Location', async () => {
    const three = upload().attach('a', Buffer.from('1'), 'one.mp4').attach('b', Buffer.from('22'), 'two.mp4');
    const answer = await three.attach('c', Buffer.from('333'), 'three.mp4');
    const jobs = jobsIn(answer);
    expect(jobs.map(({ source }) => [source.name, source.bytes])).toEqual([
      ['one.mp4', 1],
      ['two.mp4', 2],
      ['three.mp4', 3],
    ]);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(3);
    expect(await Promise.all(jobs.map(storedBytes))).toEqual(
      ['1', '22', '333'].map((text) => Buffer.from(text)),
    );
    expect(answer.headers['location']).toBe(`/jobs/${jobs[0]?.id ?? ''}`);
  });

  it.each(['file', 'video', 'upload[]', 'ü', '', '__proto__', 'constructor', 'title'])(
    'takes its file from the field "%s"',
    async (field) => {
      expect(nameOf(await send(multipart(filePart('a.mp4', 'bytes', field))))).toBe('a.mp4');
    },
  );

  it('may have as many files and bytes as the limits say', async () => {
    const files = Array.from({ length: 5 }, (_, index) => filePart(`${String(index)}.mp4`, 'x'));
    expect(jobsIn(await send(multipart(...files)))).toHaveLength(5);
    const overhead = multipart(filePart('a.mp4', '')).length;
    const job = onlyJob(await send(multipart(filePart('a.mp4', Buffer.alloc(1_000_000 - overhead)))));
    expect(job.source.bytes).toBe(1_000_000 - overhead);
  });

  it.each([
    [
      'a part header named __proto__',
      part('__proto__: x\r\nContent-Disposition: form-data; name=f; filename=a.mp4', 'x'),
    ],
    ['a quoted field name', part('content-disposition: FORM-DATA; name="f"; filename="a.mp4"', 'x')],
    ['an encoded name', part(`Content-Disposition: form-data; name=f; filename*=UTF-8''a.mp4`, 'x')],
  ])('may have %s', async (_what, file) => {
    expect(nameOf(await send(multipart(file)))).toBe('a.mp4');
  });

  it.each([
    ['of 70 characters', 'b'.repeat(70), 'b'.repeat(70)],
    ['in quotes', 'a b', '"a b"'],
  ])('may have a boundary %s', async (_what, boundary, inHeader) => {
    const body = multipart(filePart('a.mp4', 'x')).toString().replaceAll(BOUNDARY, boundary);
    expect(nameOf(await send(Buffer.from(body), `multipart/form-data; boundary=${inHeader}`))).toBe('a.mp4');
  });

  it('may have a preamble and an epilogue, which belong to no file', async () => {
    const body = Buffer.concat([
      Buffer.from('preamble\r\n'),
      multipart(filePart('a.mp4', 'x')),
      Buffer.from('epilogue'),
    ]);
    const job = onlyJob(await send(body));
    expect((await storedBytes(job)).toString()).toBe('x');
  });

  it('keeps content that looks like a boundary', async () => {
    const content = `\r\n--${BOUNDARY.slice(0, -1)}\r\n--\r\n\r\n`;
    const job = onlyJob(await send(multipart(filePart('a.mp4', content))));
    expect((await storedBytes(job)).toString()).toBe(content);
  });
});

describe('options', () => {
  it('count wherever they stand, and for every file', async () => {
    const parts = [
      fieldPart('title', 'A talk'),
      filePart('a.mp4', '1'),
      filePart('b.mp4', '2'),
      fieldPart('quality', '128k'),
    ];
    const jobs = jobsIn(await send(multipart(...parts)));
    const options = { transcript: true, title: 'A talk', quality: '128k' };
    expect(jobs.map((job) => job.options)).toEqual([options, options]);
  });

  it.each([
    ['transcript', 'true', true],
    ['transcript', 'No', false],
    ['transcript', '1', true],
    ['transcript', 'off', false],
    ['language', 'DE', 'de'],
    ['prompt', ' Grüße, Köln ', 'Grüße, Köln'],
    ['prompt', 'p'.repeat(1000), 'p'.repeat(1000)],
    ['quality', 'v0', 'V0'],
    ['quality', '320K', '320k'],
    ['title', 't'.repeat(200), 't'.repeat(200)],
  ])('%s=%s', async (name, value, expected) => {
    const job = onlyJob(await send(multipart(fieldPart(name, value), filePart('a.mp4', 'x'))));
    expect(job.options).toEqual({ transcript: true, quality: 'V2', [name]: expected });
  });

  it('count as absent when they are empty, as forms send them', async () => {
    const empty = ['transcript', 'language', 'prompt', 'quality', 'title'].map((name) =>
      fieldPart(name, ' '),
    );
    const job = onlyJob(await send(multipart(...empty, filePart('a.mp4', 'x'))));
    expect(job.options).toEqual({ transcript: true, quality: 'V2' });
  });

  it('transcript=false leaves nothing to wait for', async () => {
    const job = onlyJob(await send(multipart(fieldPart('transcript', 'false'), filePart('a.mp4', 'x'))));
    expect(job.transcript.state).toBe('skipped');
  });
});

describe('file names', () => {
  const RLO = '\u202e';
  it.each([
    ['a path', '../../etc/passwd', 'passwd'],
    ['a path of Windows', String.raw`C:\\Users\\ada\\talk.mp4`, 'talk.mp4'],
    ['an absolute path', '/etc/passwd', 'passwd'],
    ['a folder', 'folder/', 'video'],
    ['nothing', '', 'video'],
    ['dots', '..', 'video'],
    ['a path of dots', '../..', 'video'],
    ['spaces', '   ', 'video'],
    ['NUL', 'a\0b.mp4', 'ab.mp4'],
    ['an escape sequence', '\x1b[31mred.mp4', '[31mred.mp4'],
    ['a change of direction', `a${RLO}4pm.exe`, 'a4pm.exe'],
    ['decomposed letters', 'u\u0308ber.mp4', 'über.mp4'],
    ['letters of many kinds', '日本語 – видео 🎬.mp4', '日本語 – видео 🎬.mp4'],
    ['300 characters', `${'x'.repeat(296)}.mp4`, `${'x'.repeat(196)}.mp4`],
    ['300 characters of 3 bytes', `${'語'.repeat(296)}.mp4`, `${'語'.repeat(65)}.mp4`],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0x2e, 0x6d]), expect.stringMatching(/^a.{1,3}\.m$/)],
    ['an encoded line break as browsers write it', 'a%0D%0Ab.mp4', 'a%0D%0Ab.mp4'],
  ])('%s', async (_what, sent, stored) => {
    const [head = '', tail = ''] = filePart('NAME', 'x').toString().split('NAME');
    const body = Buffer.concat([Buffer.from(head), Buffer.from(sent), Buffer.from(tail)]);
    const job = onlyJob(await send(multipart(body)));
    expect(job.source.name).toEqual(stored);

    const fileId = (await gateway.jobs.get(job.id))?.job.source.fileId ?? '';
    const download = await gateway.as(auth.ada).get(`/download?fid=${fileId}`).expect(200);
    expect(download.headers['content-disposition']).toMatch(/^attachment; filename(\*?=[\x20-\x7e]+)$/);
  });
});
