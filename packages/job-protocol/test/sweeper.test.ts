import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, type Job } from '@clipscribe/contracts';
import {
  audioDone,
  chunkAttemptFailed,
  chunkCheckpoint,
  claimChunk,
  claimVideo,
  jobSlot,
  LEASE_MS,
  publishOutbox,
  PUBLISH_GRACE_MS,
  REQUEUE_MS,
  startDeletion,
  Sweeper,
  TOMBSTONE_MS,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyFiles, faultyJobs } from './faulty-ports.ts';
import { life, someAudio } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

/** A worker takes the job and is never heard of again; the sweeper looks after it once the lease is over. */
async function loseWorker(id: string): Promise<Job> {
  await bench.apply(id, claimVideo('lost'));
  bench.advance(LEASE_MS);
  await bench.sweep();
  return bench.job(id);
}

describe('a lost worker', () => {
  it('leaves the job alone while its lease may be alive', async () => {
    const { id } = await bench.accept();
    const before = await bench.apply(id, claimVideo('w'));
    bench.advance(LEASE_MS - 1);
    await bench.sweep();
    expect(await bench.job(id)).toEqual(before);
  });

  it('counts as an attempt, and the message is sent again', async () => {
    const { id } = await bench.accept();
    expect(await loseWorker(id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      audio: { state: 'pending', progress: 0 },
    });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: id, delayMs: 0 }]);
  });

  it('ends the job as WORKER_LOST at the 8th', async () => {
    const { id } = await bench.accept();
    for (let attempts = 1; attempts < 8; attempts += 1) {
      expect(await loseWorker(id)).toMatchObject({ state: 'queued', attempts });
    }
    bench.queue.takePublished();
    expect(await loseWorker(id)).toMatchObject({
      state: 'failed',
      error: { code: 'WORKER_LOST' },
      notice: { kind: 'failed', state: 'pending' },
    });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id }]);
  });

  it('ends the job also when the 8th is found by the next worker before the sweeper', async () => {
    const { id } = await bench.accept();
    for (let attempts = 1; attempts < 8; attempts += 1) await loseWorker(id);
    await bench.apply(id, claimVideo('lost'));
    bench.advance(LEASE_MS);
    expect(await bench.apply(id, claimVideo('next'))).toMatchObject({
      state: 'failed',
      error: { code: 'WORKER_LOST' },
    });
  });

  it('leaves the MP3 that it had stored: the job is partial at the 8th', async () => {
    const { id } = await bench.accept();
    const audio = someAudio();
    await bench.apply(id, claimVideo('w'), audioDone(audio));
    bench.advance(LEASE_MS);
    await bench.sweep();
    for (let attempts = 2; attempts <= 8; attempts += 1) await loseWorker(id);
    expect(await bench.job(id)).toMatchObject({
      state: 'partial',
      audio: { state: 'done', fileId: audio.fileId },
      transcript: { state: 'failed', error: { code: 'WORKER_LOST' } },
    });
  });

  it('of one chunk sends that chunk again at once, though other messages are not published yet', async () => {
    bench.queue.capacity = 1;
    const { id } = await life.transcribing(bench, 3);
    await bench.apply(id, claimChunk(0, 'lost'));
    bench.advance(LEASE_MS);
    bench.queue.capacity = Infinity;
    bench.queue.takePublished();
    await bench.sweep();
    expect((await bench.job(id)).chunks.map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
    expect(
      bench.queue
        .takePublished()
        .map(({ chunk }) => chunk)
        .toSorted(),
    ).toEqual([0, 1, 2]);
  });

  it('of one chunk gives the transcript up at the 8th', async () => {
    const { id } = await life.transcribing(bench, 2);
    for (let attempts = 1; attempts <= 8; attempts += 1) {
      expect(await bench.job(id)).toMatchObject({ state: 'transcribing' });
      await bench.apply(id, claimChunk(1, 'lost'));
      bench.advance(LEASE_MS);
      await bench.sweep();
    }
    expect(await bench.job(id)).toMatchObject({
      state: 'partial',
      error: { code: 'WORKER_LOST' },
      audio: { state: 'done' },
    });
  });
});

describe('a lost message', () => {
  it.each(['queued', 'transcribing', 'succeeded', 'failed'] as const)(
    'of a job that is %s is sent again',
    async (state) => {
      const { id } = await life[state](bench);
      await publishOutbox(bench.ports, await bench.job(id));
      const lost = bench.queue
        .takePublished()
        .filter(({ queue }) => (state === 'queued') === (queue === 'video'));
      bench.advance(REQUEUE_MS - 1);
      await bench.sweep();
      expect(bench.queue.takePublished()).toEqual([]);
      bench.advance(1);
      await bench.sweep();
      const again = bench.queue.takePublished();
      expect(again).toMatchObject(lost.filter(({ queue }) => queue === again[0]?.queue));
      expect(again).not.toEqual([]);
    },
  );

  it('for a later attempt is sent again when the attempt is overdue, not before', async () => {
    const { id } = await life.transcribing(bench, 1);
    const failure = new JobFailure('PROVIDER_UNAVAILABLE', { retryAfterMs: 3 * REQUEUE_MS });
    await bench.apply(id, claimChunk(0, 'w'), chunkAttemptFailed(0, failure));
    bench.queue.takePublished();
    bench.advance(4 * REQUEUE_MS - 1);
    await bench.sweep();
    expect(bench.queue.takePublished()).toEqual([]);
    bench.advance(1);
    await bench.sweep();
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'transcribe', chunk: 0, delayMs: 0 }]);
  });
});

describe('a deletion', () => {
  it('removes the files and leaves a tombstone for a day', async () => {
    const { id, source, audio, chunks } = await life.transcribing(bench, 2);
    const result = await bench.store(id, 'chunk-result');
    await bench.apply(id, claimChunk(0, 'w'), chunkCheckpoint(0, result), startDeletion);
    const files = [source.fileId, audio.fileId ?? '', result, ...chunks.map(({ fileId }) => fileId)];
    for (const file of files) expect(await bench.exists(file)).toBe(true);

    await bench.sweep();
    for (const file of files) expect(await bench.exists(file)).toBe(false);
    expect(await bench.job(id)).toMatchObject({ state: 'deleted', ownerEmail: '', source: { name: '' } });

    bench.advance(TOMBSTONE_MS - 1);
    await bench.sweep();
    expect(await bench.job(id)).toMatchObject({ state: 'deleted' });
    bench.advance(1);
    await bench.sweep();
    expect(await bench.jobs.get(id)).toBeNull();
  });

  it('knows late messages until the tombstone is gone', async () => {
    const { id } = await life.queued(bench);
    await bench.apply(id, startDeletion);
    await bench.sweep();
    const handler = new Worker(bench.ports).handler('video', () => ({
      ...{ slot: jobSlot, claim: claimVideo, attemptFailed: videoAttemptFailed, givenBack: videoGivenBack },
      run: () => Promise.reject(new Error('must not run')),
    }));
    const late = { queue: 'video' as const, body: JSON.stringify({ v: 1, jobId: id }), deliveryCount: 1 };
    expect(await handler(late)).toEqual({ kind: 'done' });
    bench.advance(TOMBSTONE_MS);
    await bench.sweep();
    expect(await handler(late)).toMatchObject({ kind: 'dead-letter' });
  });

  it('goes on after a crash in the middle of it', async () => {
    const job = await life.told(bench);
    await bench.apply(job.id, startDeletion);
    await bench.files.delete(job.source.fileId);
    await bench.sweep();
    expect(await bench.job(job.id)).toMatchObject({ state: 'deleted' });
    expect(await bench.exists(job.audio.fileId ?? '')).toBe(false);
  });
});

describe('a sweep', () => {
  it('does not stop at a job that cannot be mended', async () => {
    const stuck = await life.told(bench);
    await bench.apply(stuck.id, startDeletion);
    bench.advance(1);
    const { id } = await life.told(bench);
    await bench.apply(id, startDeletion);
    const files = faultyFiles(bench.files, {
      delete: (fileId) =>
        fileId === stuck.source.fileId
          ? Promise.reject(new Error('permission denied'))
          : bench.files.delete(fileId),
    });
    await new Sweeper({ ...bench.ports, files }).sweep();
    expect(await bench.job(id)).toMatchObject({ state: 'deleted' });
    expect(await bench.job(stuck.id)).toMatchObject({ state: 'deleting' });
    await bench.sweep();
    expect(await bench.job(stuck.id)).toMatchObject({ state: 'deleted' });
  });

  it('never rejects, and the next one works', async () => {
    let down = true;
    const jobs = faultyJobs(bench.jobs, {
      due: (limit) => (down ? Promise.reject(new Error('down')) : bench.jobs.due(limit)),
    });
    const sweeper = new Sweeper({ ...bench.ports, jobs });
    const { id } = await bench.accept();
    bench.advance(PUBLISH_GRACE_MS);
    await sweeper.sweep();
    expect((await bench.job(id)).outbox).toHaveLength(1);
    down = false;
    await sweeper.sweep();
    expect((await bench.job(id)).outbox).toEqual([]);
  });

  it('asks a queue that is away only once, leaves the other jobs overdue, and still ends deletions', async () => {
    const jobs = [await bench.accept(), await bench.accept(), await bench.accept()];
    bench.advance(PUBLISH_GRACE_MS);
    const told = await life.told(bench);
    await bench.apply(told.id, startDeletion);
    bench.queue.capacity = 0;
    bench.queue.refused = 0;
    await bench.sweep();
    expect(bench.queue.refused).toBe(1);
    expect(await bench.job(told.id)).toMatchObject({ state: 'deleted' });
    const overdue = await bench.jobs.due(10);
    expect(overdue).toHaveLength(2);

    bench.queue.capacity = Infinity;
    bench.queue.takePublished();
    bench.advance(PUBLISH_GRACE_MS);
    await bench.sweep();
    const published = bench.queue.takePublished().map(({ jobId }) => jobId);
    expect(published.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });

  it('goes on to other jobs when the queue refuses one message for another reason', async () => {
    const [one, other] = [await bench.accept(), await bench.accept()];
    bench.advance(PUBLISH_GRACE_MS);
    bench.queue.hasRoomFor = (body) => !body.includes(one.id);
    await bench.sweep();
    expect((await bench.job(one.id)).outbox).toHaveLength(1);
    expect((await bench.job(other.id)).outbox).toEqual([]);
  });

  it('runs once at a time', async () => {
    const sweeper = new Sweeper(bench.ports);
    expect(sweeper.sweep()).toBe(sweeper.sweep());
    await sweeper.stop();
  });

  it('comes by itself once started, until stopped', async () => {
    const { id } = await bench.accept();
    bench.advance(PUBLISH_GRACE_MS);
    const published = Promise.withResolvers<undefined>();
    const jobs = faultyJobs(bench.jobs, {
      replace: async (job, version) => {
        const done = await bench.jobs.replace(job, version);
        if (job.outbox.length === 0) published.resolve(undefined);
        return done;
      },
    });
    const sweeper = new Sweeper({ ...bench.ports, jobs }, { sweepMs: 5 });
    sweeper.start();
    await published.promise;
    await sweeper.stop();
    expect((await bench.job(id)).outbox).toEqual([]);
  });
});
