import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectMongo, type MongoConnection } from '@clipscribe/mongo';
import { freshDatabase, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import { MongoJobStore } from '../src/index.ts';
import { fromDocument, mongoIndexOf, toDocument } from '../src/mongo-documents.ts';
import { reindex } from '../src/mongo-reindex.ts';
import { jobsOf } from '../src/mongo-schema.ts';
import { insert, sampleJob } from '../testing/index.ts';

describeWithServer('mongodb', 'jobs that the first release wrote to MongoDB', (server) => {
  let database: FreshDatabase;
  let connection: MongoConnection;
  // More than are derived at a time.
  const jobs = Array.from({ length: 230 }, (_, n) =>
    sampleJob({ dueAt: n, ...(n % 3 === 0 ? { state: 'succeeded', finishedAt: n } : {}) }),
  );

  async function forgetDerived(): Promise<void> {
    await connection.run((db) => jobsOf(db).updateMany({}, { $unset: { index: '' } }));
  }

  /** A store that has derived what is missing: until then it is not available. */
  async function openedStore(): Promise<MongoJobStore> {
    const store = MongoJobStore.open(database.url);
    for (;;) {
      try {
        await store.ping();
        return store;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
      }
    }
  }

  /** True when what is derived of every job is that of the job as it is stored. */
  async function expectAllDerived(): Promise<void> {
    const documents = await connection.run((db) => jobsOf(db).find().toArray());
    for (const document of documents) expect(document.index).toEqual(mongoIndexOf(fromDocument(document)));
  }

  beforeEach(async () => {
    database = freshDatabase(server().url);
    connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
    await connection.run((db) => jobsOf(db).insertMany(jobs.map((job) => toDocument(job, 'stamp'))));
    await forgetDerived();
  });
  afterEach(async () => {
    await connection.close();
    await database.drop();
  });

  it('can be searched as soon as a store was opened, and are what they were', async () => {
    const store = await openedStore();
    await expectAllDerived();
    expect((await store.get(jobs[0]?.id ?? ''))?.job).toStrictEqual(jobs[0]);
    const waiting = jobs.filter(({ state }) => state === 'queued').map(({ id }) => id);
    expect(waiting).toContain((await store.takeTurn('video'))?.jobId);
    expect(await store.replace(sampleJob({ ...jobs[0], state: 'failed' }), 1)).toBe(true);
    await store.close();
  });

  it('are derived while they change, by several processes at once, and no change is lost', async () => {
    const store = await openedStore();
    await forgetDerived();
    const changed = jobs.slice(100, 140);
    const changing = async (): Promise<void> => {
      for (const job of changed)
        expect(await store.replace({ ...job, state: 'failed', attempts: 7 }, 1)).toBe(true);
    };
    await Promise.all([
      reindex(connection.db),
      reindex(connection.db),
      changing(),
      insert(store, sampleJob(), sampleJob()),
    ]);
    await expectAllDerived();
    for (const { id } of changed)
      expect((await store.get(id))?.job).toMatchObject({ version: 2, attempts: 7 });
    await store.close();
  });

  it('that an older release changes afterwards are found at the next start', async () => {
    await (await openedStore()).close();
    const [first] = jobs;
    const older = { $set: { version: 2, attempts: 3 }, $unset: { index: '' } } as const;
    await connection.run((db) => jobsOf(db).updateOne({ _id: first?.id ?? '' }, older));
    const store = await openedStore();
    await expectAllDerived();
    expect((await store.get(first?.id ?? ''))?.job).toMatchObject({ version: 2, attempts: 3 });
    await store.close();
  });

  it('that the release before searches by name has written are found by theirs, and listed by another index', async () => {
    const document = toDocument(sampleJob({ source: { ...sampleJob().source, name: 'Été à Paris.mp4' } }));
    const indexNames = (): Promise<(string | undefined)[]> =>
      connection.run(async (db) => (await jobsOf(db).indexes()).map(({ name }) => name));
    await connection.run(async (db) => {
      await jobsOf(db).insertOne(document);
      await jobsOf(db).updateMany({}, { $set: { 'index.version': 1 }, $unset: { 'index.searchText': '' } });
      await jobsOf(db).createIndexes([{ key: { ownerId: 1, _id: -1, state: 1 }, name: 'by_owner' }]);
    });
    expect(await indexNames()).toContain('by_owner');

    const store = await openedStore();
    const search = { ownerId: document.ownerId, search: 'ÉTÉ', limit: 10 };
    expect((await store.list(search)).map(({ id }) => id)).toEqual([document._id]);
    expect(await store.list({ search: 'TALK', limit: 1000 })).toHaveLength(jobs.length);
    expect(await indexNames()).not.toContain('by_owner');
    expect(await indexNames()).toContain('by_owner_and_text');
    await store.close();
    await (await openedStore()).close();
  });
});
