import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import { connectMongo, type MongoConnection } from '@clipscribe/mongo';
import { freshDatabase, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { MongoJobStore } from '../src/index.ts';
import { toDocument } from '../src/mongo-documents.ts';
import { jobsOf } from '../src/mongo-schema.ts';
import { MongoUploads } from '../src/mongo-uploads.ts';
import { insert, sampleJob, sampleUpload } from '../testing/index.ts';

describeWithServer('mongodb', 'an upload in MongoDB whose gateway died after the promise', (server) => {
  let database: FreshDatabase;
  let connection: MongoConnection;
  let store: MongoJobStore;
  const ownerId = newId();
  const intent = { id: newId(), ownerId, fileIds: [newId(), newId()] };
  let jobs: [Job, Job];

  /** What a crash between the two steps leaves. */
  async function promise(key?: string): Promise<void> {
    const upload = (index: number): Job['upload'] => ({
      fingerprint: 'f',
      index,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
    jobs = [
      sampleJob({ ownerId, upload: upload(0), dueAt: 1 }),
      sampleJob({ ownerId, upload: upload(1), dueAt: 2 }),
    ];
    await store.openIntent(intent);
    expect(await connection.run((db) => new MongoUploads(db).accept(intent.id, jobs))).toBe('accepted');
    expect(await connection.run((db) => jobsOf(db).countDocuments())).toBe(0);
  }

  const ids = (): string[] => jobs.map(({ id }) => id);

  beforeEach(async () => {
    database = freshDatabase(server().url);
    connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
    store = MongoJobStore.open(database.url);
    await store.ping();
  });
  afterEach(async () => {
    await Promise.all([store.close(), connection.close()]);
    await database.drop();
  });

  it('is neither stale nor to be dropped, and its files are protected', async () => {
    await promise();
    expect(await store.staleIntents(-60_000, 10)).toEqual([]);
    expect(await store.dropIntent(intent.id)).toBe(false);
    expect(await store.touchIntent(intent.id, [])).toBe(false);
    expect(await store.isIntended(intent.fileIds[1] ?? '')).toBe(true);
  });

  it.each([undefined, 'key'])('is finished by the sweeper (Idempotency-Key: %s)', async (key) => {
    await promise(key);
    expect(await store.due(10)).toEqual(ids());
    expect(await store.list({ ownerId, limit: 10 })).toEqual(jobs.toReversed());
    expect(await store.isIntended(intent.fileIds[0] ?? '')).toBe(false);
    expect(await store.accept(intent.id, [sampleJob()])).toBe('lost');
  });

  it('is finished by a reader of its job when it was resumable', async () => {
    const fileId = newId();
    const upload = sampleUpload({ ownerId, length: 1, parts: [{ fileId, bytes: 1 }] });
    await store.openUpload(upload);
    const job = sampleJob({ id: upload.id, ownerId });
    expect(await connection.run((db) => new MongoUploads(db).accept(upload.id, [job]))).toBe('accepted');
    expect(await store.getUpload(upload.id)).toBeNull();
    expect(await store.replaceUpload(upload, 1)).toBe(false);
    expect(await store.dueUploads(10)).toEqual([]);
    expect(await store.isIntended(fileId)).toBe(true);
    expect((await store.get(upload.id))?.job).toEqual(job);
    expect(await store.isIntended(fileId)).toBe(false);
  });

  it('is finished by a reader of one of its jobs', async () => {
    await promise();
    expect((await store.get(jobs[1].id))?.job).toEqual(jobs[1]);
    expect(await store.list({ ownerId, limit: 10 })).toHaveLength(2);
  });

  it('is found by its key', async () => {
    await promise('key');
    expect(await store.findByIdempotencyKey(ownerId, 'key')).toEqual(jobs);
  });

  it('is the first of its key', async () => {
    await promise('key');
    const again = newId();
    await store.openIntent({ id: again, ownerId, fileIds: [] });
    const repeated = sampleJob({ ownerId, upload: jobs[0].upload });
    expect(await store.accept(again, [repeated])).toBe('duplicate');
    expect((await store.list({ ownerId, limit: 10 })).map(({ id }) => id)).toEqual(ids().reverse());
  });

  describe('and that is partly finished', () => {
    it('gets the missing jobs, and what became of the others stays', async () => {
      await promise('key');
      await connection.run((db) => jobsOf(db).insertOne(toDocument(jobs[0])));
      await store.replace({ ...jobs[0], state: 'converting' }, 1);
      await store.due(10);
      expect((await store.get(jobs[0].id))?.job).toMatchObject({ state: 'converting', version: 2 });
      expect((await store.get(jobs[1].id))?.job).toEqual(jobs[1]);
      expect(await store.findByIdempotencyKey(ownerId, 'key')).toHaveLength(2);
    });
  });

  it('is finished once by many at a time', async () => {
    await promise('key');
    const stores = Array.from({ length: 10 }, () => MongoJobStore.open(database.url));
    await Promise.all(stores.map((other) => other.due(10)));
    expect((await store.list({ ownerId, limit: 10 })).map(({ id }) => id)).toEqual(ids().reverse());
    await Promise.all(stores.map((other) => other.close()));
  });
});

describeWithServer('mongodb', 'ten job stores on one MongoDB', (server) => {
  let database: FreshDatabase;
  let stores: MongoJobStore[];

  beforeEach(() => {
    database = freshDatabase(server().url);
    stores = Array.from({ length: 10 }, () => MongoJobStore.open(database.url));
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  const first = (): MongoJobStore => stores[0] ?? MongoJobStore.open(database.url);

  it('set up the database at the same time', async () => {
    await Promise.all(stores.map((store) => store.ping()));
    await insert(first(), sampleJob());
  });

  it('let one upload of a key win, while a sweeper finishes', async () => {
    const ownerId = newId();
    const upload = { idempotencyKey: 'k', fingerprint: 'f', index: 0 };
    const outcomes = await Promise.all(
      stores.map(async (store) => {
        const id = newId();
        await store.openIntent({ id, ownerId, fileIds: [newId()] });
        const [outcome] = await Promise.all([
          store.accept(id, [sampleJob({ ownerId, upload }), sampleJob({ ownerId, upload })]),
          store.due(10),
        ]);
        return outcome;
      }),
    );
    expect(outcomes.toSorted()).toEqual(['accepted', ...Array.from({ length: 9 }, () => 'duplicate')]);
    expect(await first().list({ ownerId, limit: 100 })).toHaveLength(2);
  });

  it('hand a key on to one other upload when it is free again', async () => {
    const ownerId = newId();
    const upload = { idempotencyKey: 'k', fingerprint: 'f', index: 0 };
    const old = sampleJob({ ownerId, upload });
    await insert(first(), old);
    await first().replace({ ...old, upload: { fingerprint: '', index: 0 } }, 1);
    const outcomes = await Promise.all(
      stores.map(async (store) => {
        const id = newId();
        await store.openIntent({ id, ownerId, fileIds: [newId()] });
        return store.accept(id, [sampleJob({ ownerId, upload })]);
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(await first().findByIdempotencyKey(ownerId, 'k')).toHaveLength(1);
  });

  it('count every one of their changes of one job', async () => {
    const job = sampleJob();
    await insert(first(), job);
    const CHANGES = 5;
    const change = async (store: MongoJobStore, n: number): Promise<void> => {
      for (let done = 0; done < CHANGES;) {
        const current = (await store.get(job.id))?.job ?? job;
        const next = { ...current, attempts: current.attempts + 1 };
        if (await store.replace(next, current.version, { redoable: n % 2 === 0 })) done += 1;
      }
    };
    await Promise.all(stores.map(change));
    const total = stores.length * CHANGES;
    expect((await first().get(job.id))?.job).toMatchObject({ attempts: total, version: total + 1 });
  });
});
