import { expect, it } from '@jest/globals';
import { newId, type Chunk, type Job, type OutboxEntry } from '@clipscribe/contracts';
import type { JobStore, Turn } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

function chunk(index: number, more: Partial<Chunk> = {}): Chunk {
  const where = { startSeconds: index * 10, endSeconds: index * 10 + 10, fileId: newId() };
  return { index, ...where, state: 'pending', attempts: 0, ...more };
}

function message(queue: 'video' | 'transcribe', jobId: string, more: object = {}): OutboxEntry {
  return { id: newId(), queue, body: JSON.stringify({ v: 1, jobId, ...more }), delayMs: 0 };
}

export function itTakesTurns(store: () => JobStore): void {
  const ownerOf = (turn: Turn | null): string | undefined => turn?.ownerId;
  const lease = { token: newId(), expiresAt: Date.now() + 60_000 };

  /** Inserts jobs of these owners, accepted one after the other, and gives them in that order. */
  async function waiting(owners: readonly string[], more: Partial<Job> = {}): Promise<Job[]> {
    const jobs = owners.map((ownerId, n) =>
      sampleJob({ ownerId, createdAt: 1_700_000_000_000 + n, ...more }),
    );
    // Accepted in another order than they are to be served in.
    for (const job of jobs.toReversed()) await insert(store(), job);
    return jobs;
  }

  /** Takes turns until nothing waits, as a worker that does each job does. */
  async function serveAll(): Promise<Turn[]> {
    const turns = [];
    for (;;) {
      const turn = await store().takeTurn('video');
      if (turn === null) return turns;
      turns.push(turn);
      const { job } = (await store().get(turn.jobId)) ?? {};
      if (job === undefined) throw new Error('a turn of a job that is not there');
      await store().replace({ ...job, state: 'converting', lease }, job.version);
    }
  }

  it('go round the owners, and to the job of each that was accepted first', async () => {
    const [ada, bob, eve] = [newId(), newId(), newId()];
    const jobs = await waiting([ada, ada, ada, bob, bob, eve]);
    const [a1, a2, a3, b1, b2, e1] = jobs.map(({ id, ownerId }): Turn => ({ ownerId, jobId: id }));
    const turns = await serveAll();
    expect(turns.slice(0, 3)).toEqual(expect.arrayContaining([a1, b1, e1]));
    expect(turns.slice(3, 5)).toEqual(expect.arrayContaining([a2, b2]));
    expect(turns.slice(5)).toEqual([a3]);
  });

  it('come to a new owner before one who has been served has another', async () => {
    const [ada, bob] = [newId(), newId()];
    await waiting([ada, ada, ada]);
    expect(ownerOf(await store().takeTurn('video'))).toBe(ada);
    await waiting([bob]);
    expect(ownerOf(await store().takeTurn('video'))).toBe(bob);
    expect(ownerOf(await store().takeTurn('video'))).toBe(ada);
    expect(ownerOf(await store().takeTurn('video'))).toBe(bob);
  });

  it('are remembered while an owner has nothing that waits', async () => {
    const [ada, bob] = [newId(), newId()];
    const [first] = await waiting([ada]);
    expect(ownerOf(await store().takeTurn('video'))).toBe(ada);
    await store().replace({ ...sampleJob({ ...first }), state: 'cancelled' }, 1);
    await waiting([bob]);
    expect(ownerOf(await store().takeTurn('video'))).toBe(bob);
    await waiting([ada]);
    expect(ownerOf(await store().takeTurn('video'))).toBe(ada);
  });

  it('are of no use to jobs that wait for nothing', async () => {
    const soon = Date.now() + 60_000;
    const some = sampleJob();
    await insert(
      store(),
      sampleJob({ lease }),
      sampleJob({ state: 'converting', lease }),
      sampleJob({ retryAt: soon }),
      sampleJob({ retryAt: soon - 3_600_000 }), // its message comes, and says so
      { ...some, outbox: [message('video', some.id)] },
      ...(['succeeded', 'partial', 'failed', 'cancelled', 'deleting', 'deleted'] as const).map((state) =>
        sampleJob({ state, chunks: [chunk(0)] }),
      ),
      sampleJob({ state: 'transcribing', chunks: [chunk(0, { state: 'done' })] }),
      sampleJob({ state: 'transcribing', chunks: [chunk(0, { lease }), chunk(1, { retryAt: soon })] }),
    );
    expect(await store().takeTurn('video')).toBeNull();
    expect(await store().takeTurn('transcribe')).toBeNull();
  });

  it('are taken for each step by itself', async () => {
    const [ada, bob] = [newId(), newId()];
    const chunks = [chunk(0, { lease }), chunk(1)];
    await waiting([ada]);
    const [talk] = await waiting([ada], { state: 'transcribing', chunks });
    await waiting([bob]);
    expect(await store().takeTurn('transcribe')).toEqual({ ownerId: ada, jobId: talk?.id });
    const owners = [await store().takeTurn('video'), await store().takeTurn('video')].map(ownerOf);
    expect(owners.toSorted()).toEqual([ada, bob].toSorted());
  });

  it('come to a chunk whose message is published, also while those of others are not', async () => {
    const job = sampleJob({ state: 'transcribing', chunks: [chunk(0), chunk(1)] });
    const outbox = [message('transcribe', job.id, { chunk: 0 }), message('transcribe', job.id, { chunk: 1 })];
    await insert(store(), { ...job, outbox });
    expect(await store().takeTurn('transcribe')).toBeNull();
    await store().replace({ ...job, outbox: outbox.slice(1) }, 1, { redoable: true });
    expect(await store().takeTurn('transcribe')).toMatchObject({ jobId: job.id });
  });

  it('are those of different owners when several are taken at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owners = Array.from({ length: 6 }, newId);
      const jobs = await waiting([...owners, ...owners]);
      for (let again = 0; again < 3; again += 1) {
        const turns = await Promise.all(owners.map(() => store().takeTurn('video')));
        expect(turns.map(ownerOf).toSorted()).toEqual(owners.toSorted());
      }
      for (const job of jobs) await store().remove(job.id, 1);
    }
  });

  it('are not taken by more callers than may be: one owner is served by all of them', async () => {
    const [only] = await waiting([newId()]);
    const turns = await Promise.all(Array.from({ length: 10 }, () => store().takeTurn('video')));
    expect(new Set(turns.map(ownerOf))).toEqual(new Set([only?.ownerId]));
  });
}
