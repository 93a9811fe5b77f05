import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failures, JobFailure, newId, type Job } from '@clipscribe/contracts';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import { UnavailableError } from '@clipscribe/runtime';
import {
  audioDone,
  cancel,
  claimVideo,
  jobSlot,
  LEASE_MS,
  startDeletion,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
  type Change,
  type ProtocolPorts,
  type Work,
  type WorkContext,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyJobs } from './faulty-ports.ts';
import { life, someAudio } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const finished: Change = (job, now) => {
  const withAudio = audioDone(someAudio())(job, now);
  return withAudio && transcriptSkipped()(withAudio, now);
};

function workOf(run: Work['run'], more: Partial<Work> = {}): Work {
  return {
    slot: jobSlot,
    claim: claimVideo,
    run,
    attemptFailed: videoAttemptFailed,
    givenBack: videoGivenBack,
    ...more,
  };
}

/** A handler of the `video` queue that runs this work, and its worker. */
function handlerOf(
  work: Work,
  ports: ProtocolPorts = bench.ports,
  options: { finishPatienceMs?: number } = {},
): { handler: Handler; worker: Worker } {
  const worker = new Worker(ports, options);
  return { worker, handler: worker.handler('video', () => work) };
}

function deliver(handler: Handler, jobId: string): Promise<Outcome> {
  return handler({ queue: 'video', body: JSON.stringify({ v: 1, jobId }), deliveryCount: 1 });
}

/** Work that runs until its lease ends, and then stops as the abort tells it. */
function longWork(more: Partial<Work> = {}): { work: Work; started: Promise<WorkContext> } {
  const { promise: started, resolve } = Promise.withResolvers<WorkContext>();
  const run: Work['run'] = async (context) => {
    resolve(context);
    if (!context.lease.signal.aborted) await once(context.lease.signal, 'abort');
    return Promise.reject(new DOMException('aborted', 'AbortError'));
  };
  return { work: workOf(run, more), started };
}

describe('a message', () => {
  const never = workOf(() => Promise.reject(new Error('must not run')));

  it.each([
    ['that is no JSON', 'hello'],
    ['of an unknown version', JSON.stringify({ v: 2, jobId: newId() })],
    ['without a job', JSON.stringify({ v: 1 })],
    ['with something else than an id', JSON.stringify({ v: 1, jobId: '../../etc' })],
  ])('%s is a dead letter', async (_name, body) => {
    const { handler } = handlerOf(never);
    expect(await handler({ queue: 'video', body, deliveryCount: 1 })).toMatchObject({ kind: 'dead-letter' });
  });

  it('for an unknown job is a dead letter that names the job', async () => {
    const id = newId();
    const outcome = await deliver(handlerOf(never).handler, id);
    expect(outcome).toMatchObject({ kind: 'dead-letter', reason: expect.stringContaining(id) });
  });

  it.each(['transcribing', 'succeeded', 'failed', 'told'] as const)(
    'for a job that is %s already is done',
    async (state) => {
      const before = await life[state](bench);
      expect(await deliver(handlerOf(never).handler, before.id)).toEqual({ kind: 'done' });
      expect(await bench.job(before.id)).toEqual(before);
    },
  );

  it('for a job that was deleted is done, and no dead letter', async () => {
    const { id } = await life.told(bench);
    await bench.apply(id, startDeletion);
    await bench.sweep();
    expect(await bench.job(id)).toMatchObject({ state: 'deleted' });
    expect(await deliver(handlerOf(never).handler, id)).toEqual({ kind: 'done' });
  });

  it('rests while the database cannot be asked', async () => {
    const { id } = await bench.accept();
    const jobs = faultyJobs(bench.jobs, { get: () => Promise.reject(new UnavailableError('job store')) });
    const { handler } = handlerOf(never, { ...bench.ports, jobs });
    expect(await deliver(handler, id)).toMatchObject({ kind: 'retry', delayMs: 10_000 });
  });
});

describe('work', () => {
  it('runs once for ten concurrent deliveries of the same message', async () => {
    const { id } = await bench.accept();
    let runs = 0;
    const { handler } = handlerOf(
      workOf(async () => {
        runs += 1;
        await bench.jobs.ping();
        return finished;
      }),
    );
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => deliver(handler, id)));
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => ({ kind: 'done' })));
    expect(runs).toBe(1);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded', attempts: 0 });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id }]);
  });

  it('sees the job as claimed, keeps what it wrote, and hears how it was stored', async () => {
    const { id } = await bench.accept();
    const seen: Job[] = [];
    const written = await bench.store(id, 'audio');
    const work = workOf(
      (context) => {
        seen.push(context.job);
        context.onDiscard(() => bench.files.delete(written));
        return Promise.resolve(finished);
      },
      {
        afterwards: (job) => {
          seen.push(job);
          return Promise.resolve();
        },
      },
    );
    await deliver(handlerOf(work).handler, id);
    expect(seen).toMatchObject([{ state: 'converting' }, { state: 'succeeded' }]);
    expect(await bench.exists(written)).toBe(true);
  });

  it('is consumed from a real queue, once for each message', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await bench.accept()).id));
    const ran: string[] = [];
    const all = Promise.withResolvers<undefined>();
    const worker = new Worker(bench.ports);
    const handler = worker.handler('video', () =>
      workOf(
        ({ job }) => {
          ran.push(job.id);
          return Promise.resolve(finished);
        },
        {
          afterwards: () => {
            if (ran.length === ids.length) all.resolve(undefined);
            return Promise.resolve();
          },
        },
      ),
    );
    for (const jobId of [...ids, ...ids]) await bench.queue.publish('video', JSON.stringify({ v: 1, jobId }));
    await bench.queue.publish('video', 'poison');
    const consumer = await bench.queue.consume('video', { slots: 3 }, handler);
    await all.promise;
    await consumer.stop();
    expect(ran.toSorted()).toEqual(ids.toSorted());
  });
});

describe('an attempt that fails', () => {
  const failing = (failure: unknown, more: Partial<Work> = {}): Work =>
    workOf(async ({ onDiscard, job }) => {
      const written = await bench.store(job.id, 'audio');
      onDiscard(() => bench.files.delete(written));
      files.push(written);
      throw failure;
    }, more);
  let files: string[] = [];

  beforeEach(() => {
    files = [];
  });

  it('for a reason that may pass is made again later, and what it wrote is removed', async () => {
    const { id } = await bench.accept();
    const { handler } = handlerOf(failing(new JobFailure('STORAGE_FULL')));
    expect(await deliver(handler, id)).toEqual({ kind: 'done' });
    const job = await bench.job(id);
    const [message] = bench.queue.takePublished();
    expect(job).toMatchObject({ state: 'queued', attempts: 1, error: { code: 'STORAGE_FULL' } });
    expect(message).toMatchObject({ queue: 'video', jobId: id });
    expect(job.retryAt).toBe(bench.clock.now + (message?.delayMs ?? 0));
    expect(message?.delayMs).toBeGreaterThan(0);
    expect(await bench.exists(files[0] ?? '')).toBe(false);
  });

  it('is final at the 8th', async () => {
    const { id } = await bench.accept();
    const { handler } = handlerOf(failing(new JobFailure('STORAGE_FULL')));
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      expect((await bench.job(id)).state).toBe('queued');
      await deliver(handler, id);
      bench.advance(2 * 3_600_000);
    }
    expect(await bench.job(id)).toMatchObject({ state: 'failed', error: { code: 'STORAGE_FULL' } });
    expect(files).toHaveLength(8);
  });

  it('for good is final at once', async () => {
    const { id } = await bench.accept();
    await deliver(handlerOf(failing(new JobFailure('NO_AUDIO_TRACK'))).handler, id);
    expect(await bench.job(id)).toMatchObject({ state: 'failed', error: { code: 'NO_AUDIO_TRACK' } });
  });

  it('for an unknown reason is made again, and shows nothing of it to the owner', async () => {
    const { id } = await bench.accept();
    await deliver(handlerOf(failing(new TypeError('secret detail'))).handler, id);
    expect((await bench.job(id)).error).toEqual({ code: 'INTERNAL', reason: failures.INTERNAL.reason });
  });

  it('keeps what was made a part of the job before', async () => {
    const { id } = await bench.accept();
    const audioId = await bench.store(id, 'audio');
    const work = workOf(async ({ lease, onDiscard, keepWritten }) => {
      onDiscard(() => bench.files.delete(audioId));
      await lease.update(audioDone({ ...someAudio(), fileId: audioId }));
      keepWritten();
      throw new JobFailure('STORAGE_FULL');
    });
    await deliver(handlerOf(work).handler, id);
    expect(await bench.job(id)).toMatchObject({ state: 'queued', audio: { state: 'done', fileId: audioId } });
    expect(await bench.exists(audioId)).toBe(true);
  });

  it('keeps what may be a part of the job: the database took it and did not answer', async () => {
    const { id } = await bench.accept();
    const audioId = await bench.store(id, 'audio');
    const jobs = faultyJobs(bench.jobs, {
      replace: async (job, version) => {
        const done = await bench.jobs.replace(job, version);
        if (job.audio.state === 'done' && job.lease !== undefined) throw new UnavailableError('job store');
        return done;
      },
    });
    const work = workOf(async ({ lease, onDiscard, keepWritten }) => {
      onDiscard(() => bench.files.delete(audioId));
      await lease.update(audioDone({ ...someAudio(), fileId: audioId }));
      keepWritten();
      return transcriptSkipped();
    });
    await deliver(handlerOf(work, { ...bench.ports, jobs }).handler, id);
    expect(await bench.job(id)).toMatchObject({ state: 'queued', attempts: 1, audio: { fileId: audioId } });
    expect(await bench.exists(audioId)).toBe(true);
  });

  it('is not repeated when the database was away at its end', async () => {
    const { id } = await bench.accept();
    const audioId = await bench.store(id, 'audio');
    // Once it is away, once it takes the change and does not say so.
    const answers = [
      () => Promise.reject(new UnavailableError('job store')),
      async (job: Job, version: number) => {
        await bench.jobs.replace(job, version);
        throw new UnavailableError('job store');
      },
    ];
    const jobs = faultyJobs(bench.jobs, {
      replace: (job, version) =>
        job.state === 'succeeded' && job.notice?.state === 'pending'
          ? (answers.shift() ?? bench.jobs.replace.bind(bench.jobs))(job, version)
          : bench.jobs.replace(job, version),
    });
    let runs = 0;
    const work = workOf(({ onDiscard }) => {
      runs += 1;
      onDiscard(() => bench.files.delete(audioId));
      return Promise.resolve(finished);
    });
    expect(await deliver(handlerOf(work, { ...bench.ports, jobs }).handler, id)).toEqual({ kind: 'done' });
    expect(runs).toBe(1);
    expect(answers).toEqual([]);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded', audio: { state: 'done' } });
    expect(await bench.exists(audioId)).toBe(true);
  });

  it('whose end cannot be written leaves the rest to the lease', async () => {
    const { id } = await bench.accept();
    const jobs = faultyJobs(bench.jobs, {
      replace: (job, version) =>
        job.state === 'queued'
          ? Promise.reject(new UnavailableError('job store'))
          : bench.jobs.replace(job, version),
    });
    const work = failing(new JobFailure('STORAGE_FULL'));
    const { handler } = handlerOf(work, { ...bench.ports, jobs }, { finishPatienceMs: 0 });
    expect(await deliver(handler, id)).toMatchObject({ kind: 'retry' });
    expect(await bench.job(id)).toMatchObject({
      state: 'converting',
      lease: {},
      dueAt: bench.clock.now + LEASE_MS,
    });
  });
});

describe('a stop', () => {
  it('gives the work back: not counted, what it wrote removed, its message there again', async () => {
    const { id } = await bench.accept();
    const { work, started } = longWork();
    const { handler, worker } = handlerOf(work);
    const outcome = deliver(handler, id);
    const { onDiscard } = await started;
    const written = await bench.store(id, 'audio');
    onDiscard(() => bench.files.delete(written));
    worker.giveBack();
    expect(await outcome).toEqual({ kind: 'done' });
    expect(await bench.job(id)).toMatchObject({ state: 'queued', attempts: 0, outbox: [] });
    expect(await bench.job(id)).not.toHaveProperty('lease');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: id, delayMs: 0 }]);
    expect(await bench.exists(written)).toBe(false);

    const next = handlerOf(workOf(() => Promise.resolve(finished)));
    await deliver(next.handler, id);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded' });
  });

  it('takes no more messages', async () => {
    const before = await bench.accept();
    const { handler, worker } = handlerOf(longWork().work);
    worker.giveBack();
    expect(await deliver(handler, before.id)).toEqual({ kind: 'retry', delayMs: 0 });
    expect(await bench.job(before.id)).toEqual(before);
  });

  it('also reaches work that is just being claimed', async () => {
    const { id } = await bench.accept();
    const { work } = longWork();
    const ports = { ...bench.ports };
    const { handler, worker } = handlerOf(work, ports);
    ports.jobs = faultyJobs(bench.jobs, {
      replace: (job, version) => {
        if (job.state === 'converting') worker.giveBack();
        return bench.jobs.replace(job, version);
      },
    });
    expect(await deliver(handler, id)).toEqual({ kind: 'done' });
    expect(await bench.job(id)).toMatchObject({ state: 'queued', attempts: 0 });
  });

  it('lets work end that is as good as done', async () => {
    const { id } = await bench.accept();
    const { promise: started, resolve } = Promise.withResolvers<undefined>();
    const work = workOf(async ({ lease }) => {
      resolve(undefined);
      await once(lease.signal, 'abort');
      return finished;
    });
    const { handler, worker } = handlerOf(work);
    const outcome = deliver(handler, id);
    await started;
    worker.giveBack();
    await outcome;
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('a lease that is lost', () => {
  it.each([
    ['cancelled', cancel, 'cancelled'],
    ['deleted', startDeletion, 'deleting'],
  ] as const)(
    'because the job was %s ends the work at its next word; nothing of it stays',
    async (_name, change, state) => {
      const { id } = await bench.accept();
      let reason: string | undefined;
      const written = await bench.store(id, 'audio');
      const work = workOf(async ({ lease, onDiscard }) => {
        onDiscard(() => bench.files.delete(written));
        await bench.apply(id, change);
        expect(await lease.update(audioDone({ ...someAudio(), fileId: written }))).toBeNull();
        reason = lease.reason;
        lease.signal.throwIfAborted();
        return finished;
      });
      expect(await deliver(handlerOf(work).handler, id)).toEqual({ kind: 'done' });
      expect(reason).toBe('lost');
      expect(await bench.job(id)).toMatchObject({
        state,
        attempts: 0,
        audio: { state: state === 'deleting' ? 'running' : 'skipped' },
      });
      expect(await bench.exists(written)).toBe(false);
      expect(bench.queue.takePublished()).toEqual([]);
    },
  );

  it('is noticed at the end of the work at the latest', async () => {
    const { id } = await bench.accept();
    const written = await bench.store(id, 'audio');
    const afterwards: string[] = [];
    const work = workOf(
      async ({ onDiscard }) => {
        onDiscard(() => bench.files.delete(written));
        await bench.apply(id, cancel);
        return finished;
      },
      {
        afterwards: (job) => {
          afterwards.push(job.state);
          return Promise.resolve();
        },
      },
    );
    await deliver(handlerOf(work).handler, id);
    expect(await bench.job(id)).toMatchObject({ state: 'cancelled' });
    expect(await bench.exists(written)).toBe(false);
    expect(afterwards).toEqual([]);
  });

  it('is not counted as a failure of those who took over', async () => {
    const { id } = await bench.accept();
    const work = workOf(async () => {
      bench.advance(LEASE_MS);
      await bench.apply(id, claimVideo('another worker'));
      throw new JobFailure('CORRUPT_MEDIA');
    });
    await deliver(handlerOf(work).handler, id);
    expect(await bench.job(id)).toMatchObject({
      state: 'converting',
      attempts: 1,
      lease: { token: 'another worker' },
    });
  });

  it('does not come back by the slow work of a run before', async () => {
    const { id } = await bench.accept();
    const work = workOf(async () => {
      bench.advance(LEASE_MS);
      await bench.sweep();
      await bench.apply(id, claimVideo('b'), finished);
      return finished;
    });
    await deliver(handlerOf(work).handler, id);
    const job = await bench.job(id);
    expect(job).toMatchObject({ state: 'succeeded', attempts: 0 });
    expect(bench.queue.takePublished().filter(({ queue }) => queue === 'mp3')).toHaveLength(1);
  });
});
