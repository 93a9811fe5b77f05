import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  jobListSchema,
  JobFailure,
  jobViewSchema,
  newId,
  transcriptListSchema,
  type Job,
  type Transcript,
} from '@clipscribe/contracts';
import {
  audioDone,
  cancel,
  chunkAttemptFailed,
  chunkCheckpoint,
  chunksCut,
  claimChunk,
  claimVideo,
  filesOf,
  MAX_TRANSCRIPTS,
  newTranscript,
  transcriptDone,
  workFilesOf,
} from '@clipscribe/job-protocol';
import { UnavailableError } from '@clipscribe/runtime';
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
  jobMakers,
  partialJob,
  step,
  storeFile,
  succeededJob,
  transcribingJob,
  transcript,
  transcriptText,
} from './job-maker.ts';
import { END, fieldPart, filePart, multipart, MULTIPART_TYPE } from './multipart-body.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const as = (person: Person = auth.ada) => gateway.as(person);
const ask = (id: string, body: object = {}) => as().post(`/jobs/${id}/transcripts`).send(body);
const stored = async (id: string) => (await gateway.jobs.get(id))?.job;

async function list(id: string) {
  const { body } = await as().get(`/jobs/${id}/transcripts`).expect(200);
  const parsed = transcriptListSchema.parse(body);
  expect(parsed).toEqual(body); // nothing that the contract does not name
  return parsed.transcripts;
}

const second: Transcript = {
  ...transcript,
  engine: 'second',
  segments: [{ start: 0, end: 4, text: 'Grüß Gott.' }],
};

/** What the converter does with a job that waits: it cuts two chunks. */
async function cut({ id, ownerId }: Job): Promise<Job> {
  const chunk = async (startSeconds: number) => {
    const fileId = await storeFile(gateway, { ownerId, jobId: id, kind: 'chunk' }, 'speech');
    return { startSeconds, endSeconds: startSeconds + 2, fileId };
  };
  await step(gateway, id, claimVideo(newId()));
  return step(gateway, id, chunksCut([await chunk(0), await chunk(2)]));
}

const heardBy = { engine: 'second', model: 'm-1', seconds: 1.75 };

async function hear({ id }: Job, index: number): Promise<Job> {
  await step(gateway, id, claimChunk(index, newId()));
  return step(gateway, id, chunkCheckpoint(index, newId(), heardBy));
}

async function transcribe(job: Job): Promise<Job> {
  await cut(job);
  for (const index of [0, 1]) await hear(job, index);
  const meta = { ownerId: job.ownerId, jobId: job.id, kind: 'transcript' } as const;
  const fileId = await storeFile(gateway, meta, JSON.stringify(second));
  return step(gateway, job.id, transcriptDone({ fileId, engine: 'second', model: 'm-1', language: 'de' }));
}

async function twoVersions(): Promise<Job> {
  const job = await succeededJob(gateway, auth.ada);
  // As the converter does when a run has ended.
  for (const id of workFilesOf(job)) await gateway.files.delete(id);
  await ask(job.id, { language: 'German', prompt: 'Köln' }).expect(202);
  return transcribe(job);
}

describe('POST /jobs/:id/transcripts', () => {
  it.each([
    ['succeeded', succeededJob],
    ['partial', partialJob],
    ['succeeded without a transcript', audioOnlyJob],
  ] as const)('sends a job that is %s back to work, with its MP3', async (_state, make) => {
    const job = await make(gateway, auth.ada);
    const before = await gateway.queue.depth('video');
    const answer = await ask(job.id, { language: 'de' }).expect(202);
    expect(answer.headers['location']).toBe(`/jobs/${job.id}`);
    expect(jobViewSchema.parse(answer.body)).toMatchObject({
      ...{ id: job.id, state: 'queued', run: 2, options: { transcript: true, language: 'de' } },
      audio: { state: 'done', fileId: job.audio.fileId },
      transcript: { state: 'pending', progress: 0 },
    });
    expect(await gateway.queue.depth('video')).toBe(before + 1);
    await as().get(`/jobs/${job.id}/audio`).expect(200);
  });

  it('after a cancellation, too, when the MP3 is there', async () => {
    const { id } = await transcribingJob(gateway, auth.ada);
    await as().post(`/jobs/${id}/cancel`).expect(200);
    await ask(id).expect(202);
  });

  it.each<[string, (id: string) => PromiseLike<Response>, object]>([
    ['JSON', (id) => ask(id, { language: 'en-GB', prompt: ' Ada ' }), { language: 'en', prompt: 'Ada' }],
    ['empty JSON', (id) => ask(id), {}],
    ['JSON with empty fields', (id) => ask(id, { language: '', prompt: ' ' }), {}],
    [
      'a form',
      (id) => as().post(`/jobs/${id}/transcripts`).type('form').send('language=DE&prompt=a%20b'),
      { language: 'de', prompt: 'a b' },
    ],
    [
      'a multipart form',
      (id) =>
        as()
          .post(`/jobs/${id}/transcripts`)
          .type(MULTIPART_TYPE)
          .send(multipart(fieldPart('language', 'fr'), fieldPart('prompt', ''))),
      { language: 'fr' },
    ],
    ['nothing', (id) => as().post(`/jobs/${id}/transcripts`), {}],
    ['an empty form', (id) => as().post(`/jobs/${id}/transcripts`).type('form').send(''), {}],
  ])('takes %s', async (_name, send, options) => {
    const { id } = await succeededJob(gateway, auth.ada);
    expect((await send(id)).status).toBe(202);
    expect((await list(id))[0]?.options).toEqual(options);
    expect((await stored(id))?.options).toEqual({ transcript: true, quality: 'V2', ...options });
  });

  it.each<[string, object, RegExp]>([
    ['an unknown field', { speed: 'fast' }, /Unknown option "speed". Options are: language, prompt./],
    ['an option of the upload alone', { quality: 'V0' }, /Unknown option "quality"/],
    ['an unknown language', { language: 'xx' }, /language: must be a language code .*\bde\b.*\bzh\b/],
    ['a prompt that is too long', { prompt: 'x'.repeat(1001) }, /prompt: must be at most 1000 characters/],
    ['a control character', { prompt: 'a\u0000b' }, /prompt: must not contain control characters/],
    ['a number', { language: 5 }, /^language: /],
    ['null', { prompt: null }, /^prompt: /],
    ['an object', { prompt: { $ne: null } }, /^prompt: /],
    ['a list', [{ language: 'de' }], /JSON object/],
  ])('refuses %s', async (_name, body, reason) => {
    const { id } = await succeededJob(gateway, auth.ada);
    const answer = await ask(id, body);
    expectProblem(answer, 'INVALID_OPTION');
    expect((answer.body as { detail: string }).detail).toMatch(reason);
    expect(await stored(id)).toMatchObject({ state: 'succeeded', run: 1 });
  });

  it.each<[string, string, string | Buffer, Parameters<typeof expectProblem>[1]]>([
    ['a field named __proto__', 'application/json', '{"__proto__":{"language":"de"}}', 'INVALID_OPTION'],
    ['a field named constructor', 'application/json', '{"constructor":1}', 'INVALID_OPTION'],
    [
      'a field that comes twice',
      'application/x-www-form-urlencoded',
      'language=de&language=fr',
      'INVALID_OPTION',
    ],
    ['broken JSON', 'application/json', '{"language":', 'INVALID_JSON'],
    ['a text as JSON', 'application/json', '"de"', 'INVALID_JSON'],
    ['JSON of more than 10 kB', 'application/json', `{"prompt":"${'x'.repeat(10_000)}"}`, 'TOO_LARGE'],
    ['a form of more than 10 kB', 'application/x-www-form-urlencoded', '&a'.repeat(5001), 'TOO_LARGE'],
    ['thousands of fields', 'application/x-www-form-urlencoded', '&a'.repeat(4900), 'INVALID_OPTION'],
    ['another type', 'text/plain', 'language=de', 'UNSUPPORTED_TYPE'],
    [
      'a broken form',
      MULTIPART_TYPE,
      multipart(fieldPart('language', 'de')).subarray(0, -20),
      'INVALID_MULTIPART',
    ],
    ['a form of nothing', MULTIPART_TYPE, END.subarray(0, 10), 'INVALID_MULTIPART'],
    ['a file', MULTIPART_TYPE, multipart(filePart('a.mp4', 'bytes')), 'INVALID_OPTION'],
    [
      'a file of many bytes',
      MULTIPART_TYPE,
      multipart(filePart('a.mp4', Buffer.alloc(3_000_000))),
      'INVALID_OPTION',
    ],
    ['an unknown field in a form', MULTIPART_TYPE, multipart(fieldPart('speed', 'fast')), 'INVALID_OPTION'],
  ])('refuses %s', async (_name, type, body, code) => {
    const { id } = await succeededJob(gateway, auth.ada);
    const answer = await as().post(`/jobs/${id}/transcripts`).set('Content-Type', type).send(body);
    expectProblem(answer, code);
    expect(await stored(id)).toMatchObject({ state: 'succeeded', run: 1 });
  });

  it.each(['queued', 'converting', 'transcribing'] as const)('waits for a job that is %s', async (state) => {
    const { id } = await jobMakers[state](gateway, auth.ada);
    const answer = await ask(id);
    expectProblem(answer, 'NOT_READY');
    expect((answer.body as { detail: string }).detail).toContain(state);
    expect(answer.headers['retry-after']).toBe('5');
    expect(await stored(id)).toMatchObject({ state, run: 1 });
  });

  it.each([
    ['failed', failedJob],
    ['cancelled', cancelledJob],
  ] as const)('is not for a job that is %s without an MP3: that is retried', async (state, make) => {
    const { id } = await make(gateway, auth.ada);
    const answer = await ask(id);
    expectProblem(answer, 'NOT_TRANSCRIBABLE');
    expect((answer.body as { detail: string }).detail).toContain(`POST /jobs/${id}/retry`);
    expect(await stored(id)).toMatchObject({ state, run: 1 });
  });

  it('needs the uploaded file', async () => {
    const { id, source } = await succeededJob(gateway, auth.ada);
    await gateway.files.delete(source.fileId);
    expectProblem(await ask(id), 'NOT_TRANSCRIBABLE');
    expect(await stored(id)).toMatchObject({ state: 'succeeded', run: 1 });
  });

  it('knows no deleted job', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    await as().delete(`/jobs/${id}`).expect(204);
    for (const answer of [await ask(id), await as().get(`/jobs/${id}/transcripts`)])
      expectProblem(answer, 'NOT_FOUND');
  });

  it('ten at once are one new version', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(id)));
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused).toHaveLength(9);
    for (const answer of refused) expectProblem(answer, 'NOT_READY');
    expect(await list(id)).toHaveLength(2);
  });

  it('has an end', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    for (let version = 2; version <= MAX_TRANSCRIPTS; version += 1) {
      await step(gateway, id, newTranscript({}));
      await step(gateway, id, cancel);
    }
    expectProblem(await ask(id), 'TOO_MANY_VERSIONS');
    expect(await list(id)).toHaveLength(MAX_TRANSCRIPTS);
    await as().post(`/jobs/${id}/retry`).expect(202);
  });

  it('does not need the queue: the message waits in the outbox', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    gateway.faults.queue.publish = () => Promise.reject(new UnavailableError('queue under test'));
    await ask(id).expect(202);
    expect((await stored(id))?.outbox).toMatchObject([{ queue: 'video' }]);
  });

  it('is not begun while the file store is away', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    gateway.faults.files.stat = () => Promise.reject(new UnavailableError('file store under test'));
    expectProblem(await ask(id), 'STORE_UNAVAILABLE');
    expect(await stored(id)).toMatchObject({ state: 'succeeded', run: 1 });
  });

  describe('with an Idempotency-Key', () => {
    const askWithKey = (id: string, body: object = { language: 'de' }, key = 'key-1') =>
      ask(id, body).set('Idempotency-Key', key);

    it('makes one version however often it is asked, also when that is done', async () => {
      const job = await succeededJob(gateway, auth.ada);
      const answers = await Promise.all([1, 2, 3].map(() => askWithKey(job.id)));
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
      await transcribe(job);
      const late = await askWithKey(job.id).expect(202);
      expect(late.body).toMatchObject({ state: 'succeeded', run: 2 });
      expect(await list(job.id)).toHaveLength(2);
      expect(JSON.stringify(await list(job.id))).not.toContain('key-1');
    });

    it('still knows it when a later version was made', async () => {
      const job = await succeededJob(gateway, auth.ada);
      await askWithKey(job.id).expect(202);
      await transcribe(job);
      await askWithKey(job.id, {}, 'key-2').expect(202);
      await transcribe(job);
      expect((await askWithKey(job.id).expect(202)).body).toMatchObject({ run: 3 });
      expect(await list(job.id)).toHaveLength(3);
    });

    it('refuses other options under the same one', async () => {
      const job = await succeededJob(gateway, auth.ada);
      await askWithKey(job.id).expect(202);
      expectProblem(await askWithKey(job.id, { language: 'fr' }), 'IDEMPOTENCY_KEY_REUSED');
      await transcribe(job);
      expectProblem(await askWithKey(job.id, {}), 'IDEMPOTENCY_KEY_REUSED');
      expect(await list(job.id)).toHaveLength(2);
    });

    it('refuses one that is none', async () => {
      const { id } = await succeededJob(gateway, auth.ada);
      expectProblem(await askWithKey(id, {}, 'two words'), 'INVALID_INPUT');
    });
  });
});

describe('GET /jobs/:id/transcripts', () => {
  it('lists all versions, newest first', async () => {
    const job = await twoVersions();
    const [newest, oldest] = await list(job.id);
    expect(newest).toEqual({
      ...{ version: 2, state: 'done', progress: 1, fileId: job.transcript.fileId },
      ...{ engine: 'second', model: 'm-1', language: 'de', secondsTranscribed: 3.5 },
      options: { language: 'de', prompt: 'Köln' },
      createdAt: new Date(job.transcriptRequest?.askedAt ?? 0).toISOString(),
      finishedAt: new Date(job.finishedAt ?? 0).toISOString(),
      links: {
        transcript: `/jobs/${job.id}/transcripts/2`,
        download: `/download?fid=${job.transcript.fileId ?? ''}`,
      },
    });
    expect(oldest).toMatchObject({
      ...{ version: 1, state: 'done', engine: 'test', options: {} },
      createdAt: new Date(job.createdAt).toISOString(),
    });
    expect(oldest?.fileId).not.toBe(newest?.fileId);
  });

  it('shows a version that is being made, and why one was not', async () => {
    const job = await succeededJob(gateway, auth.ada);
    await ask(job.id).expect(202);
    const [waiting] = await list(job.id);
    expect(waiting).toMatchObject({ version: 2, state: 'pending', links: {} });
    expect(waiting).not.toHaveProperty('finishedAt');
    await cut(job);
    await step(gateway, job.id, chunkAttemptFailed(0, new JobFailure('PROVIDER_AUTH')));
    expect((await list(job.id))[0]).toMatchObject({
      ...{ version: 2, state: 'failed', error: { code: 'PROVIDER_AUTH' } },
      finishedAt: expect.any(String),
    });
  });

  it('is empty when none was asked for', async () => {
    const { id } = await audioOnlyJob(gateway, auth.ada);
    expect(await list(id)).toEqual([]);
    await ask(id).expect(202);
    expect((await list(id)).map(({ version }) => version)).toEqual([1]);
  });
});

describe('GET /jobs/:id/transcripts/:version', () => {
  it('gives every version in every format', async () => {
    const { id } = await twoVersions();
    const text = async (version: number, query = '') =>
      (
        await as()
          .get(`/jobs/${id}/transcripts/${String(version)}${query}`)
          .expect(200)
      ).text;
    expect(await text(1)).toBe(transcriptText);
    expect(await text(2)).toBe('Grüß Gott.\n');
    expect(await text(2, '?format=tsv')).toBe('start\tend\ttext\n0\t4000\tGrüß Gott.\n');
    for (const format of ['srt', 'vtt']) expect(await text(1, `?format=${format}`)).toContain('Hello there.');
    expect(JSON.parse(await text(1, '?format=json'))).toEqual(transcript);
    const accepted = await as().get(`/jobs/${id}/transcripts/1`).set('Accept', 'text/vtt').expect(200);
    expect(accepted.headers['content-type']).toMatch(/^text\/vtt/);
    await as().head(`/jobs/${id}/transcripts/1`).expect(200);
  });

  it('and so does /download', async () => {
    const { id } = await twoVersions();
    for (const { links, version } of await list(id)) {
      const { text } = await as()
        .get(links.download ?? '')
        .expect(200);
      expect(text).toBe(version === 1 ? transcriptText : 'Grüß Gott.\n');
    }
  });

  it.each(['0', '3', '01', '-1', '1.0', '1e0', 'x', '%00', '99999999999999999999', 'constructor'])(
    'knows no version %s of two',
    async (version) => {
      const { id } = await twoVersions();
      expectProblem(await as().get(`/jobs/${id}/transcripts/${version}`), 'NOT_FOUND');
    },
  );

  it('tells a version that is being made from one that will never be', async () => {
    const job = await succeededJob(gateway, auth.ada);
    await ask(job.id).expect(202);
    const path = `/jobs/${job.id}/transcripts/2`;
    expectProblem(await as().get(path), 'NOT_READY');
    await cut(job);
    expectProblem(await as().get(path), 'NOT_READY');
    await step(gateway, job.id, chunkAttemptFailed(0, new JobFailure('PROVIDER_AUTH')));
    const answer = await as().get(path);
    expectProblem(answer, 'NOT_AVAILABLE');
    expect((answer.body as { detail: string }).detail).toMatch(/refused our key/);
    await ask(job.id).expect(202);
    expectProblem(await as().get(path), 'NOT_AVAILABLE');
  });

  it('refuses an unknown format', async () => {
    const { id } = await twoVersions();
    expectProblem(await as().get(`/jobs/${id}/transcripts/1?format=exe`), 'UNKNOWN_FORMAT');
  });
});

describe('the transcript of a job', () => {
  const text = async (id: string) => (await as().get(`/jobs/${id}/transcript`).expect(200)).text;

  it('is the version before, until the new one is done', async () => {
    const job = await succeededJob(gateway, auth.ada);
    await ask(job.id).expect(202);
    expect(await text(job.id)).toBe(transcriptText);
    const { body } = await as().get(`/jobs/${job.id}`);
    const { links, transcript: stage } = jobViewSchema.parse(body);
    expect(links).toMatchObject({
      transcript: `/jobs/${job.id}/transcript`,
      transcripts: `/jobs/${job.id}/transcripts`,
    });
    expect(stage).toEqual({ version: 2, state: 'pending', progress: 0 });
    await transcribe(job);
    expect(await text(job.id)).toBe('Grüß Gott.\n');
  });

  it('is the version before when the new one fails; the job is partial then', async () => {
    const job = await succeededJob(gateway, auth.ada);
    await ask(job.id).expect(202);
    await cut(job);
    await step(gateway, job.id, chunkAttemptFailed(1, new JobFailure('PROVIDER_AUTH')));
    const { body } = await as().get(`/jobs/${job.id}`);
    expect(body).toMatchObject({
      ...{ state: 'partial', error: { code: 'PROVIDER_AUTH' } },
      transcript: { version: 2, state: 'failed' },
    });
    expect(await text(job.id)).toBe(transcriptText);
  });

  it('is the version before when the new one is cancelled, whose chunks are removed', async () => {
    const job = await succeededJob(gateway, auth.ada);
    await ask(job.id).expect(202);
    const { chunks } = await cut(job);
    await as().post(`/jobs/${job.id}/cancel`).expect(200);
    expect(await text(job.id)).toBe(transcriptText);
    for (const { fileId } of chunks) expect(await gateway.files.stat(fileId)).toBeNull();
    await as().get(`/jobs/${job.id}/audio`).expect(200);
  });

  it('goes with the job, in all its versions', async () => {
    const job = await twoVersions();
    expect(filesOf(job)).toHaveLength(4 + 2 * job.chunks.length);
    await as().delete(`/jobs/${job.id}`).expect(204);
    expect(await gateway.filesOnDisk()).toEqual([]);
    for (const fileId of filesOf(job)) expectProblem(await as().get(`/download?fid=${fileId}`), 'NOT_FOUND');
    expectProblem(await as().get(`/jobs/${job.id}/transcripts/1`), 'NOT_FOUND');
  });
});

describe('cost and progress', () => {
  it('are seen while a transcript is made, in the job, the list and the events', async () => {
    const waiting = await convertingJob(gateway, auth.ada);
    const audio = await storeFile(
      gateway,
      { ownerId: waiting.ownerId, jobId: waiting.id, kind: 'audio' },
      'mp3',
    );
    await step(gateway, waiting.id, audioDone({ fileId: audio, bytes: 3, durationSeconds: 4 }));
    const chunk = (startSeconds: number) => ({ startSeconds, endSeconds: startSeconds + 2, fileId: newId() });
    const job = await step(gateway, waiting.id, chunksCut([chunk(0), chunk(2)]));
    const view = async () => jobViewSchema.parse((await as().get(`/jobs/${job.id}`)).body).transcript;
    expect(await view()).toEqual({
      version: 1,
      state: 'running',
      progress: expect.any(Number),
      chunks: { done: 0, total: 2 },
    });

    await hear(job, 1);
    const half = {
      ...{ version: 1, state: 'running', progress: expect.any(Number), chunks: { done: 1, total: 2 } },
      ...{ engine: 'second', model: 'm-1', secondsTranscribed: 1.75 },
    };
    expect(await view()).toEqual(half);
    const { jobs } = jobListSchema.parse((await as().get('/jobs')).body);
    expect(jobs[0]?.transcript).toEqual(half);

    await hear(job, 0);
    await step(
      gateway,
      job.id,
      transcriptDone({ fileId: newId(), engine: 'second', model: 'm-1', speech: 'none' }),
    );
    const done = { state: 'done', chunks: { done: 2, total: 2 }, secondsTranscribed: 3.5, speech: 'none' };
    expect(await view()).toMatchObject(done);
    const { text } = await as().get(`/jobs/${job.id}/events`).expect(200);
    const [, data = ''] = /^data: (.*)$/m.exec(text) ?? [];
    expect(jobViewSchema.parse(JSON.parse(data)).transcript).toMatchObject(done);
  });
});
