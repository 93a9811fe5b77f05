import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jobListSchema, jobViewSchema, transcriptListSchema, type Job } from '@clipscribe/contracts';
import { claimNotice, noticeSent, planWebhooks, Sweeper, type Retention } from '@clipscribe/job-protocol';
import { silentLog } from '@clipscribe/runtime';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { failedJob, partialJob, queuedJob, step, succeededJob } from './job-maker.ts';
import { expectProblem } from './problem.ts';

const DAY_MS = 24 * 3_600_000;
const retention: Retention = { sources: DAY_MS, results: 2 * DAY_MS, jobs: 3 * DAY_MS };

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, {}, { retention });
});
afterEach(async () => {
  await gateway.reset();
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** Its owner has been told: nothing is left to do. */
async function told(made: Promise<Job>): Promise<Job> {
  const { id } = await made;
  await step(
    gateway,
    id,
    planWebhooks(() => []),
  );
  await step(gateway, id, claimNotice('postman'));
  return step(gateway, id, noticeSent);
}

async function sweep(): Promise<void> {
  const { jobs, files, queue } = gateway;
  await new Sweeper({ jobs, files, queue, log: silentLog }, { retention }).sweep();
}

async function daysLater(days: number): Promise<void> {
  gateway.elapse(days * DAY_MS);
  await sweep();
}

const get = (path: string) => gateway.as(auth.ada).get(path);
const post = (path: string) => gateway.as(auth.ada).post(path);
const view = async (job: Job) =>
  jobViewSchema.strict().parse((await get(`/jobs/${job.id}`).expect(200)).body);
const isoOf = (ms: number): string => new Date(ms).toISOString();

describe('a job whose parts expire', () => {
  it('shows when they will, and when they did', async () => {
    const job = await told(succeededJob(gateway, auth.ada));
    const { finishedAt = 0 } = job;
    const expires = {
      source: isoOf(finishedAt + DAY_MS),
      results: isoOf(finishedAt + 2 * DAY_MS),
      job: isoOf(finishedAt + 3 * DAY_MS),
    };
    expect((await view(job)).expires).toEqual(expires);
    const list = jobListSchema.parse((await get('/jobs').expect(200)).body);
    expect(list.jobs[0]?.expires).toEqual(expires);
    expect((await get(`/jobs/${job.id}/events`).expect(200)).text).toContain(JSON.stringify(expires));
    expect((await view(await queuedJob(gateway, auth.ada))).expires).toBeUndefined();

    await daysLater(1);
    const sourceless = await view(job);
    expect(sourceless.expires).toEqual({ results: expires.results, job: expires.job });
    expect(Date.parse(sourceless.source.expiredAt ?? '')).toBeGreaterThanOrEqual(finishedAt + DAY_MS);
    await daysLater(1);
    const bare = await view(job);
    expect(bare).toMatchObject({ state: 'succeeded', expires: { job: expires.job } });
    for (const stage of [bare.audio, bare.transcript]) {
      expect(Date.parse(stage.expiredAt ?? '')).toBeGreaterThanOrEqual(finishedAt + 2 * DAY_MS);
      expect(stage.fileId).toBeUndefined();
    }
    expect(Object.keys(bare.links)).toEqual(['self', 'events']);
    for (const id of [job.source.fileId, job.audio.fileId, job.transcript.fileId])
      expect(await gateway.files.stat(id ?? '')).toBeNull();
    await daysLater(1);
    expectProblem(await get(`/jobs/${job.id}`), 'NOT_FOUND');
  });

  it('answers 410 for results that are gone, and 404 for their file ids', async () => {
    const job = await told(succeededJob(gateway, auth.ada));
    await daysLater(2);
    for (const what of ['audio', 'transcript', 'transcript?format=srt', 'transcripts/1']) {
      const answer = await get(`/jobs/${job.id}/${what}`);
      expectProblem(answer, 'RESULT_EXPIRED');
      expect((answer.body as { detail: string }).detail).toMatch(/was kept until \d{4}-/);
    }
    expectProblem(await get(`/jobs/${job.id}/transcripts/2`), 'NOT_FOUND');
    for (const id of [job.audio.fileId, job.transcript.fileId, job.source.fileId])
      expectProblem(await get(`/download?fid=${id ?? ''}`), 'NOT_FOUND');
    const versions = transcriptListSchema.parse((await get(`/jobs/${job.id}/transcripts`).expect(200)).body);
    expect(versions.transcripts).toMatchObject([
      { version: 1, state: 'done', expiredAt: expect.any(String) },
    ]);
    expectProblem(await gateway.as(auth.bob).get(`/jobs/${job.id}/audio`), 'NOT_FOUND');
  });

  it('has no further run without its source', async () => {
    const jobs = {
      done: await told(succeededJob(gateway, auth.ada)),
      partial: await told(partialJob(gateway, auth.ada)),
      failed: await told(failedJob(gateway, auth.ada)),
    };
    await daysLater(1);
    expectProblem(await post(`/jobs/${jobs.done.id}/transcripts`), 'SOURCE_EXPIRED');
    expectProblem(await post(`/jobs/${jobs.partial.id}/transcripts`), 'SOURCE_EXPIRED');
    expectProblem(await post(`/jobs/${jobs.partial.id}/retry`), 'SOURCE_EXPIRED');
    expectProblem(await post(`/jobs/${jobs.failed.id}/retry`), 'SOURCE_EXPIRED');
    expectProblem(await post(`/jobs/${jobs.done.id}/retry`), 'NOT_RETRYABLE');
    await get(`/jobs/${jobs.done.id}/audio`).expect(200);
    await get(`/jobs/${jobs.done.id}/transcript`).expect(200);
  });

  it('gives its place back', async () => {
    const job = await told(succeededJob(gateway, auth.ada));
    const used = async (): Promise<number> =>
      ((await get('/me').expect(200)).body as { used: { storedBytes: number } }).used.storedBytes;
    const { bytes = 0 } = job.audio;
    expect(await used()).toBe(job.source.bytes + bytes);
    await daysLater(1);
    expect(await used()).toBe(bytes);
    await daysLater(1);
    expect(await used()).toBe(0);
  });
});

describe('a job that is not over', () => {
  it('keeps everything, however old it is', async () => {
    const waiting = await queuedJob(gateway, auth.ada);
    const untold = await succeededJob(gateway, auth.ada);
    await daysLater(10);
    expect(await gateway.files.stat(waiting.source.fileId)).not.toBeNull();
    await get(`/jobs/${untold.id}/audio`).expect(200);
    expect((await view(waiting)).state).toBe('queued');
  });
});
