import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job, type Message } from '@clipscribe/contracts';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import {
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  chunkSlot,
  claimChunk,
  isTranscribed,
  LEASE_MS,
  transcriptDone,
  Worker,
  type Work,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life } from './life.ts';

let bench: Bench;
/** What the workers did, in order: chunks that were paid for, and transcripts that were assembled. */
let heard: number[];
let assembled: string[];
/** Where a worker vanishes: it never comes back from there. */
let crash: 'after the checkpoint' | 'before the end' | undefined;
/** Runs when a chunk was heard, before its checkpoint. */
let beforeCheckpoint: (index: number) => Promise<void>;

class Crash extends Error {}

beforeEach(async () => {
  bench = await Bench.open();
  heard = [];
  assembled = [];
  crash = undefined;
  beforeCheckpoint = () => Promise.resolve();
});
afterEach(async () => {
  await bench.close();
});

/** The transcribe step as the converter does it, with a speech engine that always answers. */
function transcribe({ chunk }: Message<'transcribe'>): Work {
  return {
    slot: chunkSlot(chunk),
    claim: (token) => claimChunk(chunk, token),
    attemptFailed: (failure) => chunkAttemptFailed(chunk, failure),
    givenBack: chunkGivenBack(chunk),
    run: async ({ job, lease }) => {
      let seen: Job = job;
      if (job.chunks[chunk]?.resultFileId === undefined) {
        heard.push(chunk);
        await beforeCheckpoint(chunk);
        seen = (await lease.update(chunkCheckpoint(chunk, newId()))) ?? job;
      }
      if (crash === 'after the checkpoint') throw new Crash();
      if (!isTranscribed(seen)) return chunkDone(chunk);
      const fileId = newId();
      assembled.push(fileId);
      if (crash === 'before the end') throw new Crash();
      return transcriptDone({ fileId, engine: 'test' });
    },
  };
}

/** A process whose writes after a crash go nowhere, as if it had been killed. */
function newProcess(): Handler {
  const dead = (): boolean => crash !== undefined;
  const worker = new Worker(bench.ports);
  return worker.handler('transcribe', (message) => {
    const work = transcribe(message);
    return { ...work, attemptFailed: (failure) => (dead() ? () => null : work.attemptFailed(failure)) };
  });
}

function deliver(handler: Handler, jobId: string, chunk: number): Promise<Outcome> {
  return handler({ queue: 'transcribe', body: JSON.stringify({ v: 1, jobId, chunk }), deliveryCount: 1 });
}

describe('the chunks of one recording', () => {
  it('make one transcript when two workers set the last two checkpoints at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      assembled = [];
      const { id } = await life.transcribing(bench, 2);
      const bothHeard = Promise.withResolvers<undefined>();
      let waiting = 0;
      beforeCheckpoint = async () => {
        waiting += 1;
        if (waiting === 2) bothHeard.resolve(undefined);
        await bothHeard.promise;
      };
      const [one, two] = [newProcess(), newProcess()];
      await Promise.all([deliver(one, id, 0), deliver(two, id, 1)]);
      expect(assembled).toHaveLength(1);
      expect(await bench.job(id)).toMatchObject({ state: 'succeeded', transcript: { fileId: assembled[0] } });
    }
  });

  it('make one transcript in any order, with every message doubled', async () => {
    const { id } = await life.transcribing(bench, 5);
    const order = [4, 0, 2, 2, 1, 3, 0, 4, 3, 1];
    const handlers = [newProcess(), newProcess(), newProcess()];
    await Promise.all(order.map((chunk, n) => deliver(handlers[n % 3] ?? newProcess(), id, chunk)));
    expect(heard.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(assembled).toHaveLength(1);
    expect(bench.queue.takePublished().filter(({ queue }) => queue === 'mp3')).toHaveLength(1);
  });

  it.each(['after the checkpoint', 'before the end'] as const)(
    'are not paid for twice when the worker crashes %s, and the transcript still comes',
    async (where) => {
      const { id } = await life.transcribing(bench, 2);
      const handler = newProcess();
      await deliver(handler, id, 0);
      crash = where;
      await deliver(handler, id, 1);
      expect(await bench.job(id)).toMatchObject({
        state: 'transcribing',
        chunks: [{ state: 'done' }, { lease: {} }],
      });
      bench.queue.takePublished();

      crash = undefined;
      bench.advance(LEASE_MS);
      await bench.sweep();
      expect(bench.queue.takePublished()).toMatchObject([{ queue: 'transcribe', jobId: id, chunk: 1 }]);
      await deliver(newProcess(), id, 1);
      expect(heard).toEqual([0, 1]);
      expect(await bench.job(id)).toMatchObject({
        state: 'succeeded',
        transcript: { fileId: assembled.at(-1) },
        chunks: [{ attempts: 0 }, { attempts: 1 }],
      });
    },
  );

  it('are complete though the worker of the first crashed after its checkpoint', async () => {
    const { id } = await life.transcribing(bench, 2);
    crash = 'after the checkpoint';
    await deliver(newProcess(), id, 0);
    crash = undefined;
    await deliver(newProcess(), id, 1);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded' });
    bench.advance(LEASE_MS);
    await bench.sweep();
    await deliver(newProcess(), id, 0);
    expect(heard).toEqual([0, 1]);
    expect(assembled).toHaveLength(1);
  });

  it('end with one transcript also when a lost worker is replaced while another one assembles', async () => {
    const { id } = await life.transcribing(bench, 2);
    crash = 'after the checkpoint';
    await deliver(newProcess(), id, 0);
    bench.advance(LEASE_MS);
    crash = undefined;
    beforeCheckpoint = async (index) => {
      if (index !== 1) return;
      beforeCheckpoint = () => Promise.resolve();
      await deliver(newProcess(), id, 0); // sees a missing chunk, so it leaves the assembling to us
    };
    await deliver(newProcess(), id, 1);
    expect(assembled).toHaveLength(1);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded', transcript: { fileId: assembled[0] } });
  });
});
