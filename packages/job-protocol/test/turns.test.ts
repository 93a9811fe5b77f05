import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, newId, type Job, type Message } from '@clipscribe/contracts';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import {
  audioDone,
  chunkDone,
  chunksCut,
  claimVideo,
  jobSlot,
  publishOutbox,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
  type Change,
  type Work,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyJobs } from './faulty-ports.ts';
import { someAudio } from './life.ts';
import { chunkWork } from './turn-work.ts';

let bench: Bench;
/** Ids of the jobs in the order in which work on them began. */
let begun: string[];
/** What becomes of the work on a job; it succeeds when nothing is said. */
let failure: JobFailure | undefined;

beforeEach(async () => {
  bench = await Bench.open();
  begun = [];
  failure = undefined;
});
afterEach(async () => {
  await bench.close();
});

const finished: Change = (job, now) => {
  const withAudio = audioDone(someAudio())(job, now);
  return withAudio && transcriptSkipped()(withAudio, now);
};

const videoWork: Work = {
  slot: jobSlot,
  claim: claimVideo,
  run: ({ job }) => {
    begun.push(job.id);
    return failure === undefined ? Promise.resolve(finished) : Promise.reject(failure);
  },
  attemptFailed: videoAttemptFailed,
  givenBack: videoGivenBack,
};

function videoHandler(ports = bench.ports): Handler {
  return new Worker(ports).handlerInTurn('video', () => videoWork);
}

function deliver(handler: Handler, job: Pick<Job, 'id'>): Promise<Outcome> {
  const body = JSON.stringify({ v: 1, jobId: job.id } satisfies Message<'video'>);
  return handler({ queue: 'video', body, deliveryCount: 1 });
}

/** Jobs of one owner that were accepted, and whose messages were published. */
async function accepted(ownerId: string, count: number): Promise<Job[]> {
  const jobs = [];
  for (let n = 0; n < count; n += 1) {
    bench.advance(1);
    const job = await bench.accept({}, ownerId);
    await publishOutbox(bench.ports, job);
    jobs.push(job);
  }
  return jobs;
}

const ids = (jobs: readonly Job[]): string[] => jobs.map(({ id }) => id);

describe('jobs of two owners', () => {
  it('are done in turns, whatever their messages name', async () => {
    const [many, one] = [await accepted(newId(), 5), await accepted(newId(), 1)];
    const handler = videoHandler();
    for (const job of [...many, ...one]) expect(await deliver(handler, job)).toEqual({ kind: 'done' });
    expect(begun.slice(0, 2).toSorted()).toEqual([many[0]?.id, one[0]?.id].toSorted());
    expect(begun.toSorted()).toEqual(ids([...many, ...one]).toSorted());
  });

  it('leave one who comes late with one job behind two of the other at most', async () => {
    const many = await accepted(newId(), 10);
    const handler = videoHandler();
    for (const job of many.slice(0, 4)) await deliver(handler, job);
    const [late] = await accepted(newId(), 1);
    for (const job of many.slice(4)) await deliver(handler, job);
    expect(begun.indexOf(late?.id ?? '')).toBeLessThanOrEqual(4 + 2);
    expect(begun).toHaveLength(10);
    await deliver(handler, late ?? { id: '' });
    expect(begun.toSorted()).toEqual(ids([...many, late].filter((job) => job !== undefined)).toSorted());
  });

  it('are done once each, however often and in whatever order their messages come', async () => {
    const jobs = [...(await accepted(newId(), 4)), ...(await accepted(newId(), 3))];
    const handlers = [videoHandler(), videoHandler(), videoHandler()];
    const deliveries = [...jobs.toReversed(), ...jobs, ...jobs.slice(2)];
    await Promise.all(deliveries.map((job, n) => deliver(handlers[n % 3] ?? videoHandler(), job)));
    expect(begun.toSorted()).toEqual(ids(jobs).toSorted());
  });

  it('and of one who has nobody beside him are done as their messages come', async () => {
    const jobs = await accepted(newId(), 4);
    const handler = videoHandler();
    for (const job of jobs.toReversed()) await deliver(handler, job);
    expect(begun).toEqual(ids(jobs.toReversed()));
  });
});

describe('a message', () => {
  it('whose own work is done for another one is left to the message of that one', async () => {
    const [[first], [second]] = [await accepted(newId(), 1), await accepted(newId(), 1)];
    const handler = videoHandler();
    await deliver(handler, second ?? { id: '' });
    expect(begun).toEqual([first?.id]);
    await deliver(handler, first ?? { id: '' });
    expect(begun).toEqual([first?.id, second?.id]);
  });

  it('is not used up for work whose own message is delayed, however late it comes', async () => {
    const [resting] = await accepted(newId(), 1);
    failure = new JobFailure('STORAGE_FULL');
    await deliver(videoHandler(), resting ?? { id: '' });
    failure = undefined;
    bench.advance(3_600_000);
    const [other] = await accepted(newId(), 1);
    await deliver(videoHandler(), other ?? { id: '' });
    expect(begun).toEqual([resting?.id, other?.id]);
    await deliver(videoHandler(), resting ?? { id: '' });
    expect(begun).toEqual([resting?.id, other?.id, resting?.id]);
    expect(await bench.job(resting?.id ?? '')).toMatchObject({ state: 'succeeded' });
  });

  it('of a delayed job makes it wait for its turn when it comes', async () => {
    const [resting] = await accepted(newId(), 1);
    failure = new JobFailure('STORAGE_FULL');
    await deliver(videoHandler(), resting ?? { id: '' });
    failure = undefined;
    const others = await accepted(newId(), 2);
    // Too early, as one that was doubled may be: it does another one's work, and the delay stands.
    await deliver(videoHandler(), resting ?? { id: '' });
    expect(await bench.job(resting?.id ?? '')).toHaveProperty('retryAt');
    bench.advance(3_600_000);
    await accepted(newId(), 1);
    begun = [];
    await deliver(videoHandler(), resting ?? { id: '' });
    expect(begun).not.toContain(resting?.id);
    expect(await bench.job(resting?.id ?? '')).not.toHaveProperty('retryAt');
    for (const job of others) await deliver(videoHandler(), job);
    expect(begun).toContain(resting?.id);
  });

  it('is not used up for work that the broker has not been told of', async () => {
    bench.queue.capacity = 0;
    const unpublished = await bench.accept();
    await publishOutbox(bench.ports, unpublished);
    bench.queue.capacity = Infinity;
    const [other] = await accepted(newId(), 1);
    await deliver(videoHandler(), other ?? { id: '' });
    expect(begun).toEqual([other?.id]);
    await deliver(videoHandler(), other ?? { id: '' });
    expect(begun).toEqual([other?.id]);
    bench.advance(5000);
    await bench.sweep();
    await deliver(videoHandler(), unpublished);
    expect(begun).toEqual([other?.id, unpublished.id]);
  });

  it('that is delivered before it is known to be published does what it names, or makes it wait', async () => {
    const [early, later] = [await bench.accept(), await bench.accept()];
    await deliver(videoHandler(), early);
    expect(begun).toEqual([early.id]);
    const [other] = await accepted(newId(), 1);
    await deliver(videoHandler(), later);
    expect(begun).toEqual([early.id, other?.id]);
    await deliver(videoHandler(), other ?? { id: '' });
    expect(begun).toEqual([early.id, other?.id, later.id]);
  });

  it('for an unknown job is a dead letter, and nobody’s turn', async () => {
    const [job] = await accepted(newId(), 1);
    expect(await deliver(videoHandler(), { id: newId() })).toMatchObject({ kind: 'dead-letter' });
    expect(begun).toEqual([]);
    await deliver(videoHandler(), job ?? { id: '' });
    expect(begun).toEqual([job?.id]);
  });

  it('is kept when others are faster again and again', async () => {
    const [job] = await accepted(newId(), 1);
    const gone = { ownerId: newId(), jobId: newId() };
    const jobs = faultyJobs(bench.jobs, { takeTurn: () => Promise.resolve(gone) });
    const outcome = await deliver(videoHandler({ ...bench.ports, jobs }), job ?? { id: '' });
    expect(outcome).toEqual({ kind: 'retry', delayMs: 1000 });
    expect(begun).toEqual([]);
  });
});

describe('chunks of two owners', () => {
  /** A job whose speech was cut, and whose messages were published. */
  async function cut(chunks: number): Promise<Job> {
    const { id } = await bench.accept();
    const pieces = Array.from({ length: chunks }, (_, n) => ({
      ...{ startSeconds: n * 10, endSeconds: n * 10 + 10 },
      fileId: newId(),
    }));
    bench.advance(1);
    return bench.apply(id, claimVideo('worker'), audioDone(someAudio()), chunksCut(pieces));
  }

  it('are heard in turns, those of one recording in their order', async () => {
    const [long, short] = [await cut(12), await cut(1)];
    const heard: [string, number][] = [];
    const handler = new Worker(bench.ports).handlerInTurn('transcribe', ({ chunk }) =>
      chunkWork(chunk, ({ job }) => {
        heard.push([job.id, chunk]);
        return Promise.resolve(chunkDone(chunk));
      }),
    );
    for (let chunk = 0; chunk < 12; chunk += 1) {
      const body = JSON.stringify({ v: 1, jobId: long.id, chunk } satisfies Message<'transcribe'>);
      await handler({ queue: 'transcribe', body, deliveryCount: 1 });
    }
    expect(heard.findIndex(([id]) => id === short.id)).toBeLessThanOrEqual(1);
    const body = JSON.stringify({ v: 1, jobId: short.id, chunk: 0 } satisfies Message<'transcribe'>);
    await handler({ queue: 'transcribe', body, deliveryCount: 1 });
    const ofLong = heard.filter(([id]) => id === long.id).map(([, chunk]) => chunk);
    expect(ofLong.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });
});
