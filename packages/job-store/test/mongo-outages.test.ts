import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { freshDatabase, LossyProxy, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import { MongoJobStore } from '../src/index.ts';
import { insert, sampleJob } from '../testing/index.ts';

/** What the port promises is 2 s; the driver's own limits are 30 s, or none. */
const PATIENCE_MS = 5000;

/** Every operation of the store, as a call. */
function everyOperation(store: MongoJobStore): Record<string, () => Promise<unknown>> {
  const job = sampleJob();
  const ids = { id: newId(), ownerId: newId(), fileIds: [newId()] };
  return {
    get: () => store.get(job.id),
    replace: () => store.replace(job, 1),
    redo: () => store.replace(job, 1, { redoable: true }),
    remove: () => store.remove(job.id, 1),
    list: () => store.list({ limit: 10 }),
    due: () => store.due(10),
    takeTurn: () => store.takeTurn('video'),
    usage: () => store.usage(ids.ownerId),
    endedSince: () => store.endedSince(0, 'job', 10),
    openIntent: () => store.openIntent(ids),
    touchIntent: () => store.touchIntent(ids.id, ids.fileIds),
    staleIntents: () => store.staleIntents(0, 10),
    dropIntent: () => store.dropIntent(ids.id),
    isIntended: () => store.isIntended(newId()),
    accept: () => store.accept(ids.id, [job]),
    findByIdempotencyKey: () => store.findByIdempotencyKey(ids.ownerId, 'k'),
    now: () => store.now(),
    ping: () => store.ping(),
  };
}

/** What each operation rejected with, or "still waiting". */
async function refusals(store: MongoJobStore): Promise<unknown[]> {
  return Promise.all(
    Object.entries(everyOperation(store)).map(async ([name, call]) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS, `${name} is still waiting`);
      });
      const refusal = call().then(
        () => `${name} resolved`,
        (error: unknown) => error,
      );
      return Promise.race([refusal, late]).finally(() => {
        clearTimeout(timer);
      });
    }),
  );
}

async function expectRefusals(store: MongoJobStore): Promise<void> {
  const errors = await refusals(store);
  expect(errors.filter((error) => !(error instanceof UnavailableError))).toEqual([]);
  expect(errors[0]).toMatchObject({ message: 'job store is not available' });
  expect(errors[0]).toHaveProperty('cause');
}

async function untilBack(store: MongoJobStore): Promise<void> {
  for (;;) {
    try {
      await store.ping();
      return;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}

describeWithPrivateServer('mongodb', 'a MongoDB job store whose server fails', (server) => {
  let database: FreshDatabase;
  let store: MongoJobStore;

  beforeEach(() => {
    database = freshDatabase(server().url);
    store = MongoJobStore.open(database.url);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('waits for a server that is not there yet', async () => {
    await server().signal('SIGKILL');
    try {
      await expectRefusals(store);
    } finally {
      await server().restart();
    }
    await untilBack(store);
    await insert(store, sampleJob());
  });

  it('refuses everything while the server is dead, and loses nothing that was confirmed', async () => {
    const jobs = [sampleJob(), sampleJob()];
    await insert(store, ...jobs);
    await server().signal('SIGKILL');
    try {
      await expectRefusals(store);
    } finally {
      await server().restart();
    }
    await untilBack(store);
    for (const job of jobs) expect((await store.get(job.id))?.job).toEqual(job);
    expect(await store.replace(sampleJob({ ...jobs[0], state: 'failed' }), 1)).toBe(true);
  });

  it('refuses everything while the server is silent, then goes on', async () => {
    const job = sampleJob();
    await insert(store, job);
    await server().signal('SIGSTOP');
    try {
      await expectRefusals(store);
      await expectRefusals(store);
    } finally {
      await server().signal('SIGCONT');
    }
    await untilBack(store);
    expect((await store.get(job.id))?.job.id).toBe(job.id);
  });

  it('refuses everything once it is closed', async () => {
    await store.ping();
    await store.close();
    await expectRefusals(store);
  });

  it('refuses everything when it is closed before its first use', async () => {
    await store.close();
    await expectRefusals(store);
  });

  describe('by losing answers', () => {
    let proxy: LossyProxy;
    let far: MongoJobStore;

    beforeEach(async () => {
      proxy = await LossyProxy.open(database.url);
      far = MongoJobStore.open(proxy.url);
      await far.ping();
    });
    afterEach(async () => {
      await far.close();
      await proxy.close();
    });

    it('learns that its change was made', async () => {
      const job = sampleJob();
      await insert(far, job);
      proxy.lose('update');
      expect(await far.replace({ ...job, state: 'converting' }, 1)).toBe(true);
      expect(proxy.lost).toBe(1);
      expect((await store.get(job.id))?.job).toMatchObject({ state: 'converting', version: 2 });
      expect(await far.replace(job, 1)).toBe(false);
    });

    it('learns that it has removed a job', async () => {
      const job = sampleJob();
      await insert(far, job);
      proxy.lose('delete');
      expect(await far.remove(job.id, 1)).toBe(true);
      expect(proxy.lost).toBe(1);
    });

    it('learns that its upload was accepted', async () => {
      const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
      proxy.lose('update');
      await far.openIntent(intent);
      proxy.lose('update');
      expect(await far.touchIntent(intent.id, [newId()])).toBe(true);
      proxy.lose('update');
      const jobs = [sampleJob(), sampleJob()];
      expect(await far.accept(intent.id, jobs)).toBe('accepted');
      expect(proxy.lost).toBe(3);
      expect(await store.list({ limit: 10 })).toHaveLength(2);
    });

    it('learns that its upload was swept', async () => {
      const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
      await far.openIntent(intent);
      await store.dropIntent(intent.id);
      proxy.lose('update');
      expect(await far.accept(intent.id, [sampleJob()])).toBe('lost');
      expect(proxy.lost).toBe(1);
    });

    it('stands by an upload that it could only accept', async () => {
      const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
      await far.openIntent(intent);
      const job = sampleJob();
      proxy.lose('insert', 2);
      expect(await far.accept(intent.id, [job])).toBe('accepted');
      expect((await store.get(job.id))?.job).toEqual(job);
    });

    it('does not know what it cannot know, and the next one finds out', async () => {
      const ownerId = newId();
      const intent = { id: newId(), ownerId, fileIds: [newId()] };
      const job = sampleJob({ ownerId, upload: { idempotencyKey: 'k', fingerprint: 'f', index: 0 } });
      await far.openIntent(intent);
      proxy.lose('update', 9);
      await expect(far.accept(intent.id, [job])).rejects.toThrow(UnavailableError);
      expect(await store.findByIdempotencyKey(ownerId, 'k')).toEqual([job]);
      await expect(far.replace({ ...job, state: 'failed' }, 1)).rejects.toThrow(UnavailableError);
      expect((await store.get(job.id))?.job).toMatchObject({ state: 'failed', version: 2 });
    });
  });
});
