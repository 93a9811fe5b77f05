import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, type Job, type ProblemCode } from '@clipscribe/contracts';
import { cancel } from '@clipscribe/job-protocol';
import { UnavailableError } from '@clipscribe/runtime';
import type { Response } from 'supertest';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { failedJob, queuedJob, step, succeededJob } from './job-maker.ts';
import { filePart, multipart, MULTIPART_TYPE } from './multipart-body.ts';
import { openUpload } from './raw-http.ts';

const LIMIT = 50_000;
const HOUR_MS = 3_600_000;

let auth: TestAuth;
let storage: GatewayUnderTest;
let minutes: GatewayUnderTest;
let jobs: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  storage = await startGateway(auth, {}, { quotas: { storedBytes: LIMIT } });
  minutes = await startGateway(auth, {}, { quotas: { minutesPerDay: 1 } });
  jobs = await startGateway(auth, {}, { quotas: { jobsAtOnce: 2 } });
});
afterEach(async () => {
  for (const gateway of [storage, minutes, jobs]) await gateway.reset();
});
afterAll(async () => {
  for (const gateway of [storage, minutes, jobs]) await gateway.close();
  await auth.close();
});

const upload = (gateway: GatewayUnderTest, bytes: number, files = 1, person = auth.ada) => {
  const parts = Array.from({ length: files }, (_, n) =>
    filePart(`${String(n)}.mp4`, Buffer.alloc(bytes, n + 1)),
  );
  return gateway
    .as(person)
    .post('/upload')
    .set('Content-Type', MULTIPART_TYPE)
    .send(multipart(...parts));
};

interface Refusal {
  code: ProblemCode;
  limit: number;
  used: number;
  detail: string;
}

function refusal(answer: Pick<Response, 'status' | 'body'>, status: number): Refusal {
  expect(answer.status).toBe(status);
  return answer.body as Refusal; // every problem of a quota has these members
}

describe('bytes stored', () => {
  it('are refused before one of them is read, when the request says how many they are', async () => {
    const { request, answer } = openUpload(storage.url, auth.ada.token, { 'content-length': '60000' });
    request.flushHeaders(); // and nothing more
    const { status, body } = await answer;
    const { code, limit, used, detail } = refusal({ status, body }, 413);
    expect({ code, limit, used }).toEqual({ code: 'STORAGE_QUOTA_EXCEEDED', limit: LIMIT, used: 0 });
    expect(detail).toMatch(/0\.1 MB.*Delete jobs/);
    request.destroy();
    expect(await storage.leftovers()).toEqual(nothing);
  });

  it('are refused in mid-stream when nobody has said how many will come', async () => {
    const { request, answer } = openUpload(storage.url, auth.ada.token);
    request.write(filePart('a.mp4', Buffer.alloc(30_000, 1)));
    request.write(filePart('b.mp4', Buffer.alloc(30_000, 2)));
    const { status, body } = await answer;
    expect(refusal({ status, body }, 413)).toMatchObject({
      code: 'STORAGE_QUOTA_EXCEEDED',
      limit: LIMIT,
      used: 0,
    });
    request.destroy();
    expect(await storage.leftovers()).toEqual(nothing);
  });

  it('may be used up, also without an announced length', async () => {
    await upload(storage, 25_000).expect(202);
    const { request, answer } = openUpload(storage.url, auth.ada.token);
    request.end(multipart(filePart('a.mp4', Buffer.alloc(24_000, 1))));
    expect((await answer).status).toBe(202);
    const usage = await storage.jobs.usage(auth.ada.userId);
    expect(usage).toMatchObject({ storedBytes: 49_000, reserved: { bytes: 0, jobs: 0 } });
    expect(refusal(await upload(storage, 2000), 413).used).toBe(49_000);
    await upload(storage, 2000, 1, auth.bob).expect(202);
  });

  it('are there again when a job is deleted', async () => {
    const first = await upload(storage, 30_000).expect(202);
    await upload(storage, 30_000).expect(413);
    const { jobs: made } = first.body as { jobs: Job[] };
    await storage
      .as(auth.ada)
      .delete(`/jobs/${made[0]?.id ?? ''}`)
      .expect(204);
    await upload(storage, 30_000).expect(202);
  });

  it('are not taken twice by uploads at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => upload(storage, 20_000)));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([202, 202, 413, 413]);
    expect((await storage.jobs.usage(auth.ada.userId)).storedBytes).toBe(40_000);
    expect(await storage.jobs.staleIntents(-60_000, 10)).toEqual([]);
  });

  it('are not taken twice by uploads of unknown length, either', async () => {
    const send = async (): Promise<number> => {
      const { request, answer } = openUpload(storage.url, auth.ada.token);
      request.end(multipart(filePart('a.mp4', Buffer.alloc(20_000, 1))));
      return (await answer).status;
    };
    await Promise.all(Array.from({ length: 4 }, send));
    expect((await storage.jobs.usage(auth.ada.userId)).storedBytes).toBeLessThanOrEqual(LIMIT);
    expect(await storage.jobs.staleIntents(-60_000, 10)).toEqual([]);
  });

  it('are taken once by an upload that is repeated with its key', async () => {
    const first = await upload(storage, 30_000).set('Idempotency-Key', 'k').expect(202);
    const again = await upload(storage, 30_000).set('Idempotency-Key', 'k').expect(202);
    expect((again.body as { jobs: Job[] }).jobs[0]?.id).toBe((first.body as { jobs: Job[] }).jobs[0]?.id);
    await upload(storage, 30_000).set('Idempotency-Key', 'another').expect(413);
    expect((await storage.jobs.usage(auth.ada.userId)).storedBytes).toBe(30_000);
  });

  it('are reserved by resumable uploads from their beginning', async () => {
    const create = (length: number) =>
      storage
        .as(auth.ada)
        .post('/uploads')
        .set({ 'Tus-Resumable': '1.0.0', 'Upload-Length': String(length) });
    const one = await create(30_000).expect(201);
    const two = await create(30_000);
    expect(refusal(two, 413)).toMatchObject({ code: 'STORAGE_QUOTA_EXCEEDED', limit: LIMIT, used: 30_000 });
    await upload(storage, 30_000).expect(413);
    await upload(storage, 10_000).expect(202);
    expect((await storage.jobs.usage(auth.ada.userId)).reserved).toEqual({ bytes: 30_000, jobs: 1 });
    await storage
      .as(auth.ada)
      .delete(String(one.headers['location']))
      .set('Tus-Resumable', '1.0.0')
      .expect(204);
    await create(39_000).expect(201);
  });
});

describe('jobs at once', () => {
  it('are refused when there are as many as may be, until one has ended', async () => {
    await upload(jobs, 10).expect(202);
    const second = await queuedJob(jobs, auth.ada);
    const { code, limit, used, detail } = refusal(await upload(jobs, 10), 429);
    expect({ code, limit, used }).toEqual({ code: 'TOO_MANY_JOBS', limit: 2, used: 2 });
    expect(detail).toMatch(/2 jobs at once/);
    await upload(jobs, 10, 1, auth.bob).expect(202);
    await step(jobs, second.id, cancel);
    await upload(jobs, 10).expect(202);
  });

  it('count every file of an upload', async () => {
    await queuedJob(jobs, auth.ada);
    const before = await jobs.leftovers();
    expect(refusal(await upload(jobs, 10, 2), 429)).toMatchObject({ limit: 2, used: 1 });
    expect(await jobs.leftovers()).toEqual(before);
    await upload(jobs, 10, 1).expect(202);
  });

  it('are not exceeded by uploads at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload(jobs, 10)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
    expect(await jobs.jobs.staleIntents(-60_000, 10)).toEqual([]);
  });

  it('count retries and new transcripts, which leave no trace when they are refused', async () => {
    const [bad, done] = [await failedJob(jobs, auth.ada), await succeededJob(jobs, auth.ada)];
    const [one] = [await queuedJob(jobs, auth.ada), await queuedJob(jobs, auth.ada)];
    for (const path of [`/jobs/${bad.id}/retry`, `/jobs/${done.id}/transcripts`])
      expect(refusal(await jobs.as(auth.ada).post(path), 429)).toMatchObject({
        code: 'TOO_MANY_JOBS',
        used: 2,
      });
    for (const { id, state } of [bad, done])
      expect((await jobs.jobs.get(id))?.job).toMatchObject({ state, run: 1 });
    await step(jobs, one.id, cancel);
    await jobs.as(auth.ada).post(`/jobs/${bad.id}/retry`).expect(202);
    await jobs.as(auth.ada).post(`/jobs/${done.id}/transcripts`).expect(429);
    expect(await jobs.jobs.staleIntents(-60_000, 10)).toEqual([]);
  });

  it('are not exceeded by retries at the same time', async () => {
    const bad = [];
    for (let n = 0; n < 5; n += 1) bad.push(await failedJob(jobs, auth.ada));
    const answers = await Promise.all(bad.map(({ id }) => jobs.as(auth.ada).post(`/jobs/${id}/retry`)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
    expect(await jobs.jobs.usage(auth.ada.userId)).toMatchObject({ activeJobs: 2, reserved: { jobs: 0 } });
  });

  it('of an owner are counted, whoever asks for the retry', async () => {
    const bad = await failedJob(jobs, auth.ada);
    await queuedJob(jobs, auth.ada);
    await queuedJob(jobs, auth.ada);
    await jobs.as(auth.admin).post(`/jobs/${bad.id}/retry`).expect(429);
  });

  it('say first what is wrong with the request itself', async () => {
    const [job] = [await queuedJob(jobs, auth.ada), await queuedJob(jobs, auth.ada)];
    await jobs.as(auth.ada).post(`/jobs/${job.id}/retry`).expect(409);
    await jobs.as(auth.ada).post(`/jobs/${job.id}/transcripts`).expect(409);
  });
});

describe('minutes of a day', () => {
  const heard = async (seconds: number): Promise<Job> => {
    const { id } = await succeededJob(minutes, auth.ada);
    return step(minutes, id, (job) => ({ ...job, audio: { ...job.audio, durationSeconds: seconds } }));
  };

  it('are used up by what was converted in 24 hours, and the answer says when there are some again', async () => {
    await heard(50);
    minutes.elapse(HOUR_MS);
    await upload(minutes, 10).expect(202);
    await heard(40);
    const answer = await upload(minutes, 10);
    const { code, limit, used } = refusal(answer, 429);
    expect({ code, limit, used }).toEqual({ code: 'MINUTES_USED_UP', limit: 1, used: 1.5 });
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThan(22.9 * 3600);
    expect(seconds).toBeLessThanOrEqual(23 * 3600);
    await upload(minutes, 10, 1, auth.bob).expect(202);

    minutes.elapse((seconds - 60) * 1000);
    await upload(minutes, 10).expect(429);
    minutes.elapse(61_000);
    await upload(minutes, 10).expect(202);
  });

  it('are not won back by deleting the job', async () => {
    const job = await heard(61);
    await minutes.as(auth.ada).delete(`/jobs/${job.id}`).expect(204);
    await upload(minutes, 10).expect(429);
    minutes.elapse(24 * HOUR_MS);
    await upload(minutes, 10).expect(202);
  });

  it('are needed for new transcripts and retries, too', async () => {
    const job = await heard(61);
    const bad = await failedJob(minutes, auth.ada);
    for (const path of [`/jobs/${job.id}/transcripts`, `/jobs/${bad.id}/retry`]) {
      const answer = await minutes.as(auth.ada).post(path);
      expect(refusal(answer, 429).code).toBe('MINUTES_USED_UP');
      expect(answer.headers['retry-after']).toBeDefined();
    }
  });
});

describe('what somebody has used', () => {
  it('lets nobody in while it cannot be told', async () => {
    storage.faults.jobs.usage = () => Promise.reject(new UnavailableError('job store'));
    await upload(storage, 10).expect(503);
    Reflect.deleteProperty(storage.faults.jobs, 'usage');
    expect(await storage.leftovers()).toEqual(nothing);
  });

  it('is not asked for where nothing is limited', async () => {
    const free = await startGateway(auth);
    free.faults.jobs.usage = () => Promise.reject(new Error('asked'));
    await upload(free, 10).expect(202);
    await free
      .as(auth.ada)
      .post(`/jobs/${(await failedJob(free, auth.ada)).id}/retry`)
      .expect(202);
    await free.close();
  });

  it('is freed of reservations whose gateway died', async () => {
    const intent = { id: newId(), ownerId: auth.ada.userId, fileIds: [], reservedBytes: LIMIT };
    await storage.jobs.openIntent(intent);
    await upload(storage, 10).expect(413);
    await storage.jobs.dropIntent(intent.id); // as the sweeper does after some minutes
    await upload(storage, 10).expect(202);
  });
});
