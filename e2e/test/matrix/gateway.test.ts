import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { uploadAnswerSchema, type JobView } from '@clipscribe/contracts';
import { describeWorlds } from '../../support/matrix/describe-worlds.ts';
import { allJobs } from '../../support/promises/all-jobs.ts';

describeWorlds('the gateway killed', (world) => {
  const withoutTranscript = { transcript: 'false' };

  async function jobCount(): Promise<number> {
    return (await Array.fromAsync(allJobs(world().stores.jobs))).length;
  }

  /** An upload that the gateway does not survive: its answer, what it has left, and how many jobs came of it. */
  async function diesAt(
    stage: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; intents: number; jobs: number }> {
    const before = await jobCount();
    const found = { status: -1, intents: 0, jobs: 0 };
    const upload = async (): Promise<void> => {
      found.status = (await world().post(world().long, { fields: withoutTranscript, headers })).status;
    };
    await world().dies('gateway', stage, upload, async () => {
      found.intents = (await world().stores.jobs.staleIntents(0, 10)).length;
      found.jobs = (await jobCount()) - before;
    });
    return found;
  }

  /** The same upload as before, from a client that has had no answer. */
  async function again(headers: Record<string, string>): Promise<JobView | undefined> {
    const { status, body } = await world().post(world().long, { fields: withoutTranscript, headers });
    expect({ status, body }).toMatchObject({ status: 202 });
    return uploadAnswerSchema.parse(JSON.parse(body)).jobs[0];
  }

  it('gateway killed mid-upload: no job, bytes swept, the client’s retry works', async () => {
    expect(await diesAt('files.write:during@source')).toEqual({ status: 0, intents: 1, jobs: 0 });
    await world().upload(world().long, { fields: withoutTranscript });
    await world().kept();
  });

  it('gateway killed after the file, before the job: swept', async () => {
    expect(await diesAt('jobs.accept:before')).toEqual({ status: 0, intents: 1, jobs: 0 });
    await world().kept();
  });

  it('gateway killed after the job, before publish: the sweeper publishes', async () => {
    const { intents, jobs } = await diesAt('queue.publish:before@video');
    expect({ intents, jobs }).toEqual({ intents: 0, jobs: 1 });
    const [newest] = await world().stores.jobs.list({ limit: 1 });
    world().promise(await world().client.job(newest?.id ?? ''), world().long);
    await world().kept();
  });

  it('gateway killed after publish, before 202: the same Idempotency-Key gives the same job', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const found = await diesAt('http.answer:before@202+queue.publish:after@video', headers);
    expect(found).toEqual({ status: 0, intents: 0, jobs: 1 });
    const [newest] = await world().stores.jobs.list({ limit: 1 });
    const job = await again(headers);
    expect(job?.id).toBe(newest?.id);
    if (job !== undefined) world().promise(job, world().long);
    await world().kept();
  });
});
