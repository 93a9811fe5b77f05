import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { connectMongo } from '@clipscribe/mongo';
import { freshDatabase, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { ConfigError } from '@clipscribe/runtime';
import { MongoJobStore, openJobStore } from '../src/index.ts';
import { describeJobStore, insert, sampleJob } from '../testing/index.ts';

const HOUR_MS = 3_600_000;

describeWithServer('mongodb', 'MongoJobStore', (server) => {
  let database: FreshDatabase;
  const open = (): Promise<MongoJobStore> => {
    database = freshDatabase(server().url);
    return Promise.resolve(MongoJobStore.open(database.url));
  };

  describeJobStore('mongodb', { open, dispose: () => database.drop() });

  describe('beyond the contract', () => {
    let store: MongoJobStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await store.close();
      await database.drop();
    });

    it.each([-HOUR_MS, HOUR_MS])('judges time by the server, with our clock %d ms off', async (ms) => {
      const realNow = Date.now();
      const overdue = sampleJob({ dueAt: realNow - 60_000 });
      const soon = sampleJob({ dueAt: realNow + 60_000 });
      await insert(store, overdue, soon);
      const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
      jest.spyOn(Date, 'now').mockImplementation(() => realNow + ms);

      await store.openIntent(intent);
      expect(await store.staleIntents(60_000, 10)).toEqual([]);
      expect(await store.due(10)).toEqual([overdue.id]);
      expect(Math.abs((await store.now()) - realNow)).toBeLessThan(30_000);
      expect(Math.abs(((await store.get(soon.id))?.now ?? 0) - realNow)).toBeLessThan(30_000);
    });

    it('stores a job as a document that an operator can read', async () => {
      const job = sampleJob({ dueAt: 1 });
      await insert(store, job);
      const connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
      const { id, ...fields } = job;
      const stored = await connection.run((db) => db.collection('jobs').findOne({ state: 'queued' }));
      expect(stored).toMatchObject({ _id: id, ...fields });
      expect(await connection.run((db) => db.collection('uploads').countDocuments())).toBe(0);
      await connection.close();
    });

    it('leaves nothing of an upload behind when its jobs are gone', async () => {
      const upload = { idempotencyKey: 'k', fingerprint: 'f', index: 0 };
      const job = sampleJob({ upload });
      await insert(store, job);
      await store.replace({ ...job, upload: { fingerprint: '', index: 0 } }, 1);
      await store.remove(job.id, 2);
      const connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
      expect(await connection.run((db) => db.collection('uploads').countDocuments())).toBe(0);
      await connection.close();
    });

    it('does not take a version that was lost and given out again for the one it has read', async () => {
      const job = sampleJob();
      await insert(store, job);
      await store.replace({ ...job, attempts: 1 }, 1, { redoable: true });
      // The server lost that write, and somebody else has written the version anew.
      const connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
      await connection.run((db) =>
        db
          .collection<{ _id: string }>('jobs')
          .updateOne({ _id: job.id }, { $set: { stamp: newId(), run: 7 } }),
      );
      await connection.close();
      expect(await store.replace({ ...job, attempts: 2 }, 2)).toBe(false);
      expect((await store.get(job.id))?.job.run).toBe(7);
      expect(await store.replace({ ...job, run: 8 }, 2)).toBe(true);
    });
  });
});

describe('the address of a MongoDB job store', () => {
  it('is refused at once when it cannot be right, and otherwise not before it is used', async () => {
    await expect(openJobStore('mongodb://')).rejects.toThrow(ConfigError);
    await expect(openJobStore('mongodb://h/?what=1')).rejects.toThrow(/^JOBS_URL /);
    for (const url of ['mongodb://127.0.0.1:1/jobs', 'mongodb+srv://jobs.example.org/jobs']) {
      const store = await openJobStore(url);
      await store.close();
    }
  });
});
