import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import {
  chunkGivenBack,
  claimChunk,
  claimVideo,
  publishOutbox,
  PUBLISH_GRACE_MS,
  transition,
  type Change,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyJobs } from './faulty-ports.ts';
import { life } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

describe('transition', () => {
  const count: Change = (job) => ({ ...job, attempts: job.attempts + 1 });

  it('loses no change of ten at once', async () => {
    const { id } = await bench.accept();
    await Promise.all(Array.from({ length: 10 }, () => transition(bench.ports, id, count)));
    expect(await bench.job(id)).toMatchObject({ attempts: 10, version: 11 });
  });

  it('lets one of ten claims at once win', async () => {
    const { id } = await bench.accept();
    const claims = Array.from({ length: 10 }, (_, n) =>
      transition(bench.ports, id, claimVideo(`worker ${n}`)),
    );
    const winners = (await Promise.all(claims)).filter((job) => job !== null);
    expect(winners).toHaveLength(1);
    expect((await bench.job(id)).lease).toEqual(winners[0]?.lease);
  });

  it('returns the job as stored', async () => {
    const { id } = await bench.accept();
    expect(await transition(bench.ports, id, claimVideo('w'))).toEqual(await bench.job(id));
  });

  it('is null for a job that is gone and for a step that does not apply', async () => {
    const { id } = await bench.accept();
    expect(await transition(bench.ports, newId(), count)).toBeNull();
    expect(await transition(bench.ports, id, () => null)).toBeNull();
    expect(await bench.job(id)).toMatchObject({ version: 1 });
  });

  it('gives up on a job that changes all the time', async () => {
    const { id } = await bench.accept();
    const jobs = faultyJobs(bench.jobs, { replace: () => Promise.resolve(false) });
    await expect(transition({ ...bench.ports, jobs }, id, count)).rejects.toThrow(UnavailableError);
  });
});

describe('the outbox', () => {
  const delays = (job: Job): number[] => job.outbox.map(({ delayMs }) => delayMs);

  it('is published in order, then empty', async () => {
    const job = await bench.accept();
    await publishOutbox(bench.ports, job);
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: job.id, delayMs: 0 }]);
    expect((await bench.job(job.id)).outbox).toEqual([]);
    expect(await bench.queue.depth('video')).toBe(1);
  });

  it('stays while the queue is down, and the sweeper publishes it when it is back', async () => {
    bench.queue.capacity = 0;
    const job = await bench.accept();
    await publishOutbox(bench.ports, job);
    expect(await bench.job(job.id)).toEqual(job);

    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    expect(await bench.job(job.id)).toMatchObject({
      state: 'queued',
      dueAt: bench.clock.now + PUBLISH_GRACE_MS,
    });

    bench.queue.capacity = Infinity;
    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: job.id }]);
    expect((await bench.job(job.id)).outbox).toEqual([]);
    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    expect(bench.queue.takePublished()).toEqual([]);
  });

  it('keeps what the queue did not take any more, and nothing twice', async () => {
    bench.queue.capacity = 2;
    const { id, outbox } = await life.transcribing(bench, 5);
    expect(outbox).toHaveLength(3);
    expect(bench.queue.takePublished().map(({ chunk }) => chunk)).toEqual([0, 1]);
    bench.queue.capacity = Infinity;
    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    expect(bench.queue.takePublished().map(({ chunk }) => chunk)).toEqual([2, 3, 4]);
    expect((await bench.job(id)).outbox).toEqual([]);
  });

  it('is left to the one who wrote it, but its date does not move on with every change', async () => {
    bench.queue.capacity = 0;
    const { id, dueAt } = await life.transcribing(bench, 2);
    bench.queue.capacity = Infinity;
    bench.advance(3000);
    expect(await bench.apply(id, (job) => ({ ...job, attempts: 1 }))).toMatchObject({ dueAt });
    expect(bench.queue.takePublished()).toEqual([]);
  });

  it('is not published by others who add to it', async () => {
    bench.queue.capacity = 0;
    const { id } = await life.transcribing(bench, 3);
    bench.queue.capacity = Infinity;
    await bench.apply(id, claimChunk(1, 'w'), chunkGivenBack(1));
    expect(bench.queue.takePublished().map(({ chunk }) => chunk)).toEqual([1]);
    expect((await bench.job(id)).outbox).toHaveLength(2);
  });

  it('keeps the delay of a message', async () => {
    bench.queue.capacity = 0;
    const { id } = await bench.accept();
    const later: Change = (job) => ({
      ...job,
      outbox: job.outbox.map((entry) => ({ ...entry, delayMs: 60_000 })),
    });
    expect(delays(await bench.apply(id, later))).toEqual([60_000]);
    bench.queue.capacity = Infinity;
    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    expect(bench.queue.takePublished()).toMatchObject([{ delayMs: 60_000 }]);
  });

  it('does not fail the change when the database goes away before the strike', async () => {
    const { id } = await bench.accept();
    let writes = 0;
    const jobs = faultyJobs(bench.jobs, {
      replace: async (job, version) => {
        writes += 1;
        if (writes > 1) throw new UnavailableError('job store');
        return bench.jobs.replace(job, version);
      },
    });
    const entry = {
      id: newId(),
      queue: 'video' as const,
      body: JSON.stringify({ v: 1, jobId: id }),
      delayMs: 0,
    };
    const stored = await transition({ ...bench.ports, jobs }, id, (job) => ({ ...job, outbox: [entry] }));
    expect(stored?.outbox).toEqual([entry]);
    expect(await bench.queue.depth('video')).toBe(1);
    expect((await bench.job(id)).outbox).toEqual([entry]);
  });
});
