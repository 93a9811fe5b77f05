import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { StartError } from '@clipscribe/runtime';
import { openJobStore, SqliteJobStore } from '../src/index.ts';
import { describeJobStore, insert, sampleJob, sampleUpload } from '../testing/index.ts';

let folder = '';
const newFolder = async (): Promise<string> => (folder = await mkdtemp(join(tmpdir(), 'clipscribe-jobs-')));
const dropFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });

describeJobStore('sqlite', {
  open: async () => SqliteJobStore.open(join(await newFolder(), 'jobs.db')),
  dispose: dropFolder,
});

describe('sqlite job store', () => {
  beforeEach(newFolder);
  afterEach(dropFolder);

  async function storeWithLeasedJob(path: string): Promise<string> {
    const store = SqliteJobStore.open(path);
    const intent = newId();
    await store.openIntent({ id: intent, ownerId: newId(), fileIds: [] });
    const lease = { token: newId(), expiresAt: Date.now() + 60_000 };
    const job = sampleJob({ lease, dueAt: lease.expiresAt, state: 'converting' });
    await store.accept(intent, [job]);
    await store.close();
    return job.id;
  }

  it('keeps jobs over a restart and lapses leases only for a sole owner', async () => {
    const path = join(folder, 'jobs.db');
    const id = await storeWithLeasedJob(path);

    const shared = SqliteJobStore.open(path);
    expect(await shared.due(10)).toEqual([]);
    await shared.close();

    const sole = SqliteJobStore.open(path, { soleOwner: true });
    expect(await sole.due(10)).toEqual([id]);
    expect((await sole.get(id))?.job).toMatchObject({ version: 2, lease: { expiresAt: 0 } });
    await sole.close();
  });

  it('lapses the leases on deliveries of webhooks, too', async () => {
    const path = join(folder, 'jobs.db');
    const lease = { token: newId(), expiresAt: Date.now() + 60_000 };
    const begin = { startedAt: 1, failures: 0, attempts: [], attemptCount: 0, run: 1, endpointId: null };
    const delivery = { id: newId(), url: 'https://example.org/', state: 'pending', lease, ...begin } as const;
    const webhooks = { events: [], deliveries: [delivery] };
    const job = sampleJob({ state: 'failed', dueAt: lease.expiresAt, webhooks });
    const before = SqliteJobStore.open(path);
    await insert(before, job);
    await before.close();

    const sole = SqliteJobStore.open(path, { soleOwner: true });
    expect(await sole.due(10)).toEqual([job.id]);
    expect((await sole.get(job.id))?.job.webhooks?.deliveries).toMatchObject([{ lease: { expiresAt: 0 } }]);
    await sole.close();
  });

  it('keeps resumable uploads over a restart, and lapses their locks for a sole owner', async () => {
    const path = join(folder, 'jobs.db');
    const upload = sampleUpload();
    const store = SqliteJobStore.open(path);
    await store.openUpload({ ...upload, lock: { token: newId(), expiresAt: Date.now() + 60_000 } });
    await store.close();

    const sole = SqliteJobStore.open(path, { soleOwner: true });
    expect(await sole.staleIntents(60_000, 10)).toEqual([]);
    expect(await sole.dueUploads(10)).toEqual([]);
    expect((await sole.getUpload(upload.id))?.upload).toStrictEqual({ ...upload, version: 2 });
    expect(await sole.replaceUpload(upload, 2)).toBe(true);
    await sole.close();
  });

  it('serves several connections on one file', async () => {
    const path = join(folder, 'jobs.db');
    const id = await storeWithLeasedJob(path);
    const [one, two] = [SqliteJobStore.open(path), SqliteJobStore.open(path)];
    const job = (await one.get(id))?.job ?? sampleJob();
    expect(await two.replace(job, job.version)).toBe(true);
    expect(await one.replace(job, job.version)).toBe(false);
    await Promise.all([one.close(), two.close()]);
  });

  it('says in one line that a folder cannot be used', async () => {
    await expect(openJobStore('sqlite:/dev/null/jobs.db')).rejects.toThrow(StartError);
    await expect(openJobStore('redis://x')).rejects.toThrow(/JOBS_URL/);
  });
});
