import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@clipscribe/contracts';
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

describe('formats', () => {
  it.each(['', '?format=txt'])('text%s', async (query) => {
    const answer = await get(`/jobs/${job.id}/transcript${query}`).expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['content-disposition']).toContain(`filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`);
    expect(answer.text).toBe(transcriptText);
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(transcriptText)));
  });

  it('json', async () => {
    const answer = await get(`/jobs/${job.id}/transcript?format=json`).expect(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['content-disposition']).toContain('.json');
    expect(answer.body).toEqual(transcript);
  });

  it.each(['exe', 'TXT', '__proto__', 'constructor', '../txt', ''])(
    'format=%s: 400 that names the known ones',
    async (format) => {
      const answer = await get(`/jobs/${job.id}/transcript?format=${format}`);
      expectProblem(answer, 'UNKNOWN_FORMAT');
      expect((answer.body as { detail: string }).detail).toContain('txt, json');
    },
  );

  it('two formats at once: 400', async () => {
    expectProblem(await get(`/jobs/${job.id}/transcript?format=txt&format=json`), 'INVALID_INPUT');
  });

  it('each has an ETag of its own, ranges and HEAD', async () => {
    const path = `/jobs/${job.id}/transcript`;
    const [asText, asJson] = [await get(path), await get(`${path}?format=json`)];
    expect(asText.headers['etag']).not.toBe(asJson.headers['etag']);
    await get(path)
      .set('If-None-Match', asText.headers['etag'] ?? '')
      .expect(304);
    const part = await get(path).set('Range', 'bytes=0-4').expect(206);
    expect(part.text).toBe('Hello');
    const end = await get(path).set('Range', 'bytes=-1').expect(206);
    expect(end.text).toBe('\n');
    const head = await gateway.as(auth.ada).head(path).expect(200);
    expect(head.headers['content-length']).toBe(asText.headers['content-length']);
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
