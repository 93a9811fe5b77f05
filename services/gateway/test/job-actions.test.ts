import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jobViewSchema } from '@clipscribe/contracts';
import { filesOf, Sweeper } from '@clipscribe/job-protocol';
import { silentLog, UnavailableError } from '@clipscribe/runtime';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import {
  jobMakers,
  cancelledJob,
  failedJob,
  partialJob,
  succeededJob,
  transcribingJob,
} from './job-maker.ts';
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

const down = () => Promise.reject(new UnavailableError('port under test'));
const states = Object.entries(jobMakers);
const as = (person: Person = auth.ada) => gateway.as(person);

describe('POST /jobs/:id/retry', () => {
  it.each(['failed', 'partial', 'cancelled'] as const)('starts a new run of a %s job', async (state) => {
    const job = await jobMakers[state](gateway, auth.ada);
    const before = await gateway.queue.depth('video');
    const answer = await as().post(`/jobs/${job.id}/retry`).expect(202);
    expect(answer.headers['location']).toBe(`/jobs/${job.id}`);
    expect(jobViewSchema.parse(answer.body)).toMatchObject({ id: job.id, state: 'queued', run: 2 });
    expect(answer.body).not.toHaveProperty('error');
    expect(await gateway.queue.depth('video')).toBe(before + 1);
    expectProblem(await as().post(`/jobs/${job.id}/retry`), 'NOT_RETRYABLE');
  });

  it('keeps the MP3 of a partial job', async () => {
    const job = await partialJob(gateway, auth.ada);
    await as().post(`/jobs/${job.id}/retry`).expect(202);
    await as().get(`/jobs/${job.id}/audio`).expect(200);
  });

  it.each(['queued', 'converting', 'transcribing', 'succeeded'] as const)(
    'not of a %s one',
    async (state) => {
      const { id } = await jobMakers[state](gateway, auth.ada);
      const answer = await as().post(`/jobs/${id}/retry`);
      expectProblem(answer, 'NOT_RETRYABLE');
      expect((answer.body as { detail: string }).detail).toContain(state);
      expect((await gateway.jobs.get(id))?.job).toMatchObject({ state, run: 1 });
    },
  );

  it('ten at once are one new run', async () => {
    const { id } = await failedJob(gateway, auth.ada);
    const answers = await Promise.all(Array.from({ length: 10 }, () => as().post(`/jobs/${id}/retry`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, ...Array<number>(9).fill(409)]);
    expect((await gateway.jobs.get(id))?.job.run).toBe(2);
  });

  it('does not need the queue: the message waits in the outbox', async () => {
    const { id } = await failedJob(gateway, auth.ada);
    gateway.faults.queue.publish = down;
    await as().post(`/jobs/${id}/retry`).expect(202);
    expect((await gateway.jobs.get(id))?.job.outbox).toMatchObject([{ queue: 'video' }]);
  });
});

describe('POST /jobs/:id/cancel', () => {
  it.each(['queued', 'converting', 'transcribing'] as const)(
    'ends a %s job, and takes the lease',
    async (state) => {
      const { id } = await jobMakers[state](gateway, auth.ada);
      const answer = await as().post(`/jobs/${id}/cancel`).expect(200);
      expect(jobViewSchema.parse(answer.body)).toMatchObject({ id, state: 'cancelled' });
      const stored = (await gateway.jobs.get(id))?.job;
      expect(stored).toMatchObject({ state: 'cancelled', outbox: [], chunks: [] });
      expect(stored?.lease).toBeUndefined();
    },
  );

  it('removes the pieces that only the work needed, and keeps the rest', async () => {
    const job = await transcribingJob(gateway, auth.ada);
    const [chunk] = job.chunks;
    await as().post(`/jobs/${job.id}/cancel`).expect(200);
    expect(await gateway.files.stat(chunk?.fileId ?? '')).toBeNull();
    await as().get(`/download?fid=${job.source.fileId}`).expect(200);
    await as().get(`/jobs/${job.id}/audio`).expect(200);
  });

  it('once more is no fault', async () => {
    const { id } = await cancelledJob(gateway, auth.ada);
    await as().post(`/jobs/${id}/cancel`).expect(200);
  });

  it.each(['succeeded', 'partial', 'failed'] as const)('not of a %s one', async (state) => {
    const { id } = await jobMakers[state](gateway, auth.ada);
    const answer = await as().post(`/jobs/${id}/cancel`);
    expectProblem(answer, 'NOT_CANCELLABLE');
    expect((answer.body as { detail: string }).detail).toContain(state);
  });

  it('succeeds when the file store is away: the sweeper removes the pieces', async () => {
    const { id } = await transcribingJob(gateway, auth.ada);
    gateway.faults.files.delete = down;
    const answer = await as().post(`/jobs/${id}/cancel`).expect(200);
    expect(answer.body).toMatchObject({ state: 'cancelled' });
  });
});

describe('DELETE /jobs/:id', () => {
  it.each(states)('removes a %s job with all that belongs to it', async (_state, make) => {
    const job = await make(gateway, auth.ada);
    const other = await succeededJob(gateway, auth.ada);
    const answer = await as().delete(`/jobs/${job.id}`).expect(204);
    expect(answer.text).toBe('');

    expect((await gateway.filesOnDisk()).filter((name) => filesOf(job).includes(name.slice(0, 36)))).toEqual(
      [],
    );
    for (const path of ['', '/audio', '/transcript', '/events']) {
      expectProblem(await as().get(`/jobs/${job.id}${path}`), 'NOT_FOUND');
    }
    for (const id of filesOf(job)) expectProblem(await as().get(`/download?fid=${id}`), 'NOT_FOUND');
    for (const action of ['retry', 'cancel']) {
      expectProblem(await as().post(`/jobs/${job.id}/${action}`), 'NOT_FOUND');
    }
    expectProblem(await as().delete(`/jobs/${job.id}`), 'NOT_FOUND');
    expect((await as().get('/jobs')).body).toMatchObject({ jobs: [{ id: other.id }] });
    await as().get(`/jobs/${other.id}/audio`).expect(200);
  });

  it('leaves nothing of the owner in the tombstone', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    await as().delete(`/jobs/${id}`).expect(204);
    const tombstone = (await gateway.jobs.get(id))?.job;
    expect(tombstone).toMatchObject({ state: 'deleted', ownerEmail: '', source: { name: '' } });
  });

  it('is done for the owner at once when the file store is away, and for the sweeper later', async () => {
    const job = await succeededJob(gateway, auth.ada);
    gateway.faults.files.delete = down;
    await as().delete(`/jobs/${job.id}`).expect(204);
    expectProblem(await as().get(`/jobs/${job.id}/audio`), 'NOT_FOUND');
    expectProblem(await as().get(`/download?fid=${job.audio.fileId ?? ''}`), 'NOT_FOUND');
    gateway.elapse(60_000);
    await new Sweeper({ ...gateway, log: silentLog }).sweep();
    expect(await gateway.filesOnDisk()).toEqual([]);
    expect((await gateway.jobs.get(job.id))?.job.state).toBe('deleted');
  });
});
