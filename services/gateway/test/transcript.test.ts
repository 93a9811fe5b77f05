import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Transcript } from '@clipscribe/contracts';
import type { Response } from 'supertest';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import {
  audioOnlyJob,
  cancelledJob,
  convertingJob,
  failedJob,
  mp3Bytes,
  partialJob,
  queuedJob,
  succeededJob,
  transcribingJob,
  transcript,
  transcriptText,
} from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
let job: Job;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
  job = await succeededJob(gateway, auth.ada, 'Grüße.mp4');
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const get = (path: string) => gateway.as(auth.ada).get(path);

const files = {
  txt: { type: 'text/plain', content: transcriptText },
  srt: {
    type: 'application/x-subrip',
    content:
      '1\n00:00:00,000 --> 00:00:01,920\nHello there.\n\n2\n00:00:02,000 --> 00:00:04,000\nGrüße aus Köln.\n\n',
  },
  vtt: {
    type: 'text/vtt',
    content:
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.920\nHello there.\n\n00:00:02.000 --> 00:00:04.000\nGrüße aus Köln.\n\n',
  },
  json: { type: 'application/json', content: JSON.stringify(transcript) },
  tsv: {
    type: 'text/tab-separated-values',
    content: 'start\tend\ttext\n0\t2000\tHello there.\n2000\t4000\tGrüße aus Köln.\n',
  },
};
type Format = keyof typeof files;
// Object.keys gives the keys of this very table.
const formats = Object.keys(files) as Format[];

/** The body as text, whatever superagent would make of the type. */
const read = (path: string, headers: Record<string, string> = {}) =>
  get(path).set(headers).buffer(true).parse(readText);

function readText(answer: Response, done: (error: Error | null, body: string) => void): void {
  // Superagent hands the parser the incoming message, though its types say otherwise.
  void text(answer as unknown as Readable).then((body) => {
    done(null, body);
  });
}

const transcriptPath = () => `/jobs/${job.id}/transcript`;
const downloadPath = () => `/download?fid=${job.transcript.fileId ?? ''}`;

/** One file by its type, its name and its content. */
function expectFile(answer: Response, format: Format): void {
  const { type, content } = files[format];
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
  expect(answer.headers['content-disposition']).toContain(`filename*=UTF-8''Gr%C3%BC%C3%9Fe.${format}`);
  const body: unknown = answer.body;
  if (format === 'json') expect(JSON.parse(String(body))).toEqual(transcript);
  else expect(body).toBe(content);
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(String(body))));
}

describe.each(formats)('the format %s', (format) => {
  it('is chosen by ?format=, whatever is accepted', async () => {
    for (const accept of ['*/*', 'text/html', files[format === 'txt' ? 'vtt' : 'txt'].type]) {
      const answer = await read(`${transcriptPath()}?format=${format}`, { Accept: accept });
      expectFile(answer, format);
      expect(answer.headers).not.toHaveProperty('vary');
    }
  });

  it('is chosen by Accept', async () => {
    const answer = await read(transcriptPath(), { Accept: files[format].type });
    expectFile(answer, format);
    expect(answer.headers['vary']).toBe('Accept');
  });

  it('is given by file id, too', async () => {
    expectFile(await read(`${downloadPath()}&format=${format}`), format);
    expectFile(await read(downloadPath(), { Accept: files[format].type }), format);
  });

  it('has ranges, HEAD and conditional requests', async () => {
    const path = `${transcriptPath()}?format=${format}`;
    const whole = await read(path);
    const body = String(whole.body);
    const etag = whole.headers['etag'] ?? '';
    expect((await read(path, { Range: 'bytes=0-4' })).body).toBe(body.slice(0, 5));
    expect((await read(path, { Range: 'bytes=-1' }).expect(206)).body).toBe('\n');
    await read(path, { 'If-None-Match': etag }).expect(304);
    const head = await gateway.as(auth.ada).head(path).expect(200);
    for (const name of ['etag', 'content-type', 'content-length', 'content-disposition']) {
      expect(head.headers[name]).toBe(whole.headers[name]);
    }
  });
});

describe('the choice of a format', () => {
  it.each<[string, Format]>([
    ['*/*', 'txt'],
    ['text/*', 'txt'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'txt'],
    ['application/json, text/plain, */*', 'json'],
    ['text/plain;q=0.5, text/vtt', 'vtt'],
    ['text/plain;q=0, */*', 'srt'],
    ['text/html, text/tab-separated-values;q=0.1', 'tsv'],
    ['TEXT/VTT; charset=utf-8', 'vtt'],
  ])('Accept: %s', async (accept, format) => {
    expectFile(await read(transcriptPath(), { Accept: accept }), format);
  });

  it('is plain text for who says nothing', async () => {
    const answer = await read(transcriptPath());
    expectFile(answer, 'txt');
    expect(answer.headers['vary']).toBe('Accept');
    expectFile(await read(downloadPath()), 'txt');
  });

  it.each(['image/png', 'text/html', 'nonsense', 'text/plain;q=0'])(
    'Accept: %s: 406 that names the types',
    async (accept) => {
      for (const path of [transcriptPath(), downloadPath()]) {
        const answer = await get(path).set('Accept', accept);
        expectProblem(answer, 'NOT_ACCEPTABLE');
        expect(answer.headers['vary']).toBe('Accept');
        const { detail } = answer.body as { detail: string };
        for (const { type } of Object.values(files)) expect(detail).toContain(type);
      }
    },
  );

  it('does not concern other files', async () => {
    const answer = await get(`/download?fid=${job.audio.fileId ?? ''}&format=exe`).set('Accept', 'image/png');
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('vary');
  });

  it.each(['exe', 'TXT', '__proto__', 'constructor', '../txt', ''])(
    'format=%s: 400 that names the known ones',
    async (format) => {
      for (const path of [`${transcriptPath()}?format=${format}`, `${downloadPath()}&format=${format}`]) {
        const answer = await get(path);
        expectProblem(answer, 'UNKNOWN_FORMAT');
        expect((answer.body as { detail: string }).detail).toContain('txt, srt, vtt, json, tsv');
      }
    },
  );

  it('two formats at once: 400', async () => {
    expectProblem(await get(`${transcriptPath()}?format=txt&format=json`), 'INVALID_INPUT');
  });

  it('gives each format an ETag of its own', async () => {
    const etags = await Promise.all(
      formats.map(async (format) => (await read(`${transcriptPath()}?format=${format}`)).headers['etag']),
    );
    expect(new Set(etags).size).toBe(formats.length);
  });
});

describe('a recording without speech', () => {
  it.each<[Format, string]>([
    ['txt', ''],
    ['srt', ''],
    ['vtt', 'WEBVTT\n\n'],
    ['tsv', 'start\tend\ttext\n'],
  ])('is an empty %s', async (format, content) => {
    const { id } = await succeededJob(gateway, auth.ada, 'silence.mp4', { ...transcript, segments: [] });
    const answer = await read(`/jobs/${id}/transcript?format=${format}`).expect(200);
    expect(answer.body).toBe(content);
    expect(answer.headers['content-length']).toBe(String(content.length));
  });
});

describe('a long recording', () => {
  const words = Array.from({ length: 20_000 }, (_, index) => ({
    start: index * 0.3,
    end: index * 0.3 + 0.25,
    text: `word${String(index)}`,
  }));
  const segments = Array.from({ length: 1000 }, (_, index) => {
    const own = words.slice(index * 20, index * 20 + 20);
    return { start: index * 6, end: index * 6 + 5.95, text: own.map((word) => word.text).join(' ') };
  });

  it('is rendered for several at once', async () => {
    const long = { ...transcript, durationSeconds: 6000, segments, words };
    const { id } = await succeededJob(gateway, auth.ada, 'long.mp4', long);
    const answers = await Promise.all(
      formats.map((format) => read(`/jobs/${id}/transcript?format=${format}`)),
    );
    for (const { body } of answers) {
      const found = String(body as unknown).match(/word\d+/g) ?? [];
      expect(new Set(found).size).toBe(words.length);
    }
  });

  it('that is damaged is an error of ours, and does not stop the next one', async () => {
    const broken = { ...transcript, segments, words: 'none' } as unknown as Transcript; // wrong, for the test
    const { id } = await succeededJob(gateway, auth.ada, 'broken.mp4', {
      ...broken,
      engine: 'x'.repeat(2 ** 20),
    });
    expectProblem(await get(`/jobs/${id}/transcript`), 'INTERNAL');
    const good = await succeededJob(gateway, auth.ada, 'good.mp4', {
      ...transcript,
      engine: 'x'.repeat(2 ** 20),
    });
    await read(`/jobs/${good.id}/transcript`).expect(200);
  });
});

describe('results that are not there', () => {
  type JobMaker = (stores: GatewayUnderTest, owner: Person) => Promise<Job>;

  it.each<[string, 'audio' | 'transcript', 'NOT_READY' | 'NOT_AVAILABLE', JobMaker, RegExp]>([
    ['queued', 'audio', 'NOT_READY', queuedJob, /queued/],
    ['queued', 'transcript', 'NOT_READY', queuedJob, /queued/],
    ['converting', 'audio', 'NOT_READY', convertingJob, /converting/],
    ['transcribing', 'transcript', 'NOT_READY', transcribingJob, /transcribing/],
    ['failed', 'audio', 'NOT_AVAILABLE', failedJob, /no sound/],
    ['failed', 'transcript', 'NOT_AVAILABLE', failedJob, /failed/],
    ['cancelled', 'audio', 'NOT_AVAILABLE', cancelledJob, /cancelled/],
    ['partial', 'transcript', 'NOT_AVAILABLE', partialJob, /refused the request/],
    ['succeeded without one', 'transcript', 'NOT_AVAILABLE', audioOnlyJob, /no transcript/],
  ])('a job that is %s: %s is %s', async (_state, what, code, make, reason) => {
    const { id } = await make(gateway, auth.ada);
    const answer = await get(`/jobs/${id}/${what}`);
    expectProblem(answer, code);
    expect((answer.body as { detail: string }).detail).toMatch(reason);
    expect(answer.headers['retry-after'] !== undefined).toBe(code === 'NOT_READY');
  });

  it('but the MP3 is, from the moment it is stored', async () => {
    const { id } = await transcribingJob(gateway, auth.ada);
    const answer = await get(`/jobs/${id}/audio`).buffer(true).expect(200);
    expect(answer.headers['content-length']).toBe(String(mp3Bytes.length));
  });

  it('and an unknown format is told from a missing transcript', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    expectProblem(await get(`/jobs/${id}/transcript?format=exe`), 'UNKNOWN_FORMAT');
  });
});
