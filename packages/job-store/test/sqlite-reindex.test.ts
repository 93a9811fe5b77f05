import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import { migrateSqlite, openSqlite, SqliteStatements } from '@clipscribe/runtime';
import { SqliteJobStore } from '../src/index.ts';
import { indexColumnsOf } from '../src/sqlite-columns.ts';
import { reindex } from '../src/sqlite-reindex.ts';
import { migrations } from '../src/sqlite-schema.ts';
import { insert, sampleJob } from '../testing/index.ts';

let folder: string;
let path: string;
let db: DatabaseSync;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-reindex-'));
  path = join(folder, 'jobs.db');
  db = openSqlite(path);
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

/** A row as the first release wrote it. */
function write(job: Job): void {
  db.prepare(
    `INSERT OR REPLACE INTO jobs (id, owner_id, version, state, due_at, idempotency_key, upload_index, doc)
     VALUES (?, ?, ?, ?, ?, NULL, 0, ?)`,
  ).run(job.id, job.ownerId, job.version, job.state, job.dueAt, JSON.stringify(job));
}

/** What is stored of a job, with its derived columns. */
function row(id: string): Record<string, unknown> {
  return { ...db.prepare('SELECT * FROM jobs WHERE id = ?').get(id) };
}

function derived(job: Job): object {
  return { ...indexColumnsOf(job), version: job.version, state: job.state, doc: JSON.stringify(job) };
}

describe('a database of jobs that the first release wrote', () => {
  // More than are derived at a time.
  const jobs = Array.from({ length: 1203 }, (_, n) =>
    sampleJob({ dueAt: n, ...(n % 3 === 0 ? { state: 'succeeded', finishedAt: n } : {}) }),
  );

  beforeEach(() => {
    migrateSqlite(db, migrations.slice(0, 1), 'job store');
    db.exec('BEGIN');
    for (const job of jobs) write(job);
    db.exec('COMMIT');
  });

  it('can be searched from the first opening on, and holds what it held', async () => {
    const store = SqliteJobStore.open(path);
    for (const job of jobs) expect(row(job.id)).toMatchObject(derived(job));
    expect((await store.get(jobs[0]?.id ?? ''))?.job).toStrictEqual(jobs[0]);
    expect((await store.due(2000)).length).toBe(jobs.length);
    const waiting = jobs.filter(({ state }) => state === 'queued').map(({ id }) => id);
    expect(waiting).toContain((await store.takeTurn('video'))?.jobId);
    await store.close();
  });

  it('is derived by each of several processes that open it, and by none a second time', async () => {
    const stores = [SqliteJobStore.open(path), SqliteJobStore.open(path)];
    const [first] = jobs;
    const marked = 'UPDATE jobs SET stored_bytes = -1 WHERE id = ?';
    db.prepare(marked).run(first?.id ?? '');
    stores.push(SqliteJobStore.open(path));
    expect(row(first?.id ?? '')).toMatchObject({ stored_bytes: -1 });
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a database of the release before searches by name', () => {
  it('is searched in from the first opening on, also by the last of many names', async () => {
    migrateSqlite(db, migrations.slice(0, 5), 'job store');
    const source = { ...sampleJob().source, name: 'Été à Paris.mp4' };
    const [ownerId, options] = [newId(), { ...sampleJob().options, title: 'The Seine' }];
    const jobs = Array.from({ length: 700 }, () => sampleJob({ ownerId }));
    const wanted = sampleJob({ ownerId, source, options });
    for (const job of [...jobs, wanted]) write(job);
    db.exec('UPDATE jobs SET index_version = 1');

    const store = SqliteJobStore.open(path);
    for (const search of ['ÉTÉ', 'seine'])
      expect(await store.list({ ownerId, search, limit: 10 })).toStrictEqual([wanted]);
    expect(await store.list({ ownerId, search: 'TALK', limit: 1000 })).toHaveLength(jobs.length);
    await store.close();
  });

  it('lists and searches by the index alone', () => {
    migrateSqlite(db, migrations, 'job store');
    for (const condition of ['', "AND state = 'failed'", "AND instr(search_text, 'x') > 0"]) {
      const sql = `SELECT id, version FROM jobs WHERE state NOT IN ('deleting', 'deleted') AND owner_id = 'x' ${condition} ORDER BY id DESC LIMIT 9`;
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
      expect(plan.map(({ detail }) => detail)).toEqual([
        'SEARCH jobs USING COVERING INDEX jobs_by_owner (owner_id=?)',
      ]);
    }
  });
});

describe('deriving anew', () => {
  it('leaves jobs that have changed since as they are', async () => {
    const store = SqliteJobStore.open(path);
    const [one, other] = [sampleJob(), sampleJob()];
    await insert(store, one, other);
    db.exec('UPDATE jobs SET index_version = 0, video_from = NULL');
    // The second connection of the store, as claims and renewals use it.
    const lease = { token: newId(), expiresAt: 5 };
    expect(await store.replace({ ...one, state: 'converting', lease }, 1, { redoable: true })).toBe(true);
    reindex(new SqliteStatements(db, 'job store'));
    const changed = (await store.get(one.id))?.job ?? one;
    expect(changed).toMatchObject({ version: 2, state: 'converting', lease });
    expect(row(one.id)).toMatchObject(derived(changed));
    expect(row(other.id)).toMatchObject(derived(other));
    expect(await store.replace(other, 1)).toBe(true);
    await store.close();
  });

  it('is part of each change, by whichever connection', async () => {
    const store = SqliteJobStore.open(path);
    const job = sampleJob();
    await insert(store, job);
    expect(row(job.id)).toMatchObject({ video_from: job.createdAt });
    const lease = { token: newId(), expiresAt: 5 };
    await store.replace({ ...job, state: 'converting', lease }, 1, { redoable: true });
    expect(row(job.id)).toMatchObject({ video_from: null, is_active: 1, ended_at: null });
    await store.replace({ ...job, state: 'failed', finishedAt: 77 }, 2);
    expect(row(job.id)).toMatchObject({ video_from: null, is_active: 0, ended_at: 77 });
    await store.close();
  });
});
