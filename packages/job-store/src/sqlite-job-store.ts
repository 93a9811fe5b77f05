import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Job, UploadIntent } from '@clipscribe/contracts';
import { LRUCache } from 'lru-cache';
import { inTransaction, openSqlite } from '@clipscribe/runtime';
import type { JobReading, JobStore, ListOptions } from './job-store.ts';
import { migrate } from './sqlite-schema.ts';

/** Jobs kept parsed for lists, about 4 kB each. */
const RECENT_JOBS = 1000;

interface SqliteJobStoreOptions {
  /** This process alone uses the file: leases and intents found at the start belong to dead ones and lapse at once. */
  soleOwner?: boolean;
  /** ms since the epoch; the embedded database has no clock of its own. */
  clock?: () => number;
}

/** Jobs in one SQLite file, a document a row. Calls are synchronous inside, so no two of them interleave. */
export class SqliteJobStore implements JobStore {
  readonly #db: DatabaseSync;
  readonly #clock: () => number;
  readonly #recent = new LRUCache<string, Job>({ max: RECENT_JOBS });
  readonly #statements = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** @throws StartError when the file cannot be written. */
  static open(path: string, options: SqliteJobStoreOptions = {}): SqliteJobStore {
    const db = openSqlite(path);
    migrate(db);
    const store = new SqliteJobStore(db, options.clock ?? Date.now);
    if (options.soleOwner === true) store.#lapseLeases();
    return store;
  }

  async get(id: string): Promise<JobReading | null> {
    const row = this.#sql('SELECT doc FROM jobs WHERE id = ?').get(id);
    return Promise.resolve(row === undefined ? null : { job: parseDoc(row), now: this.#clock() });
  }

  async replace(job: Job, expectedVersion: number): Promise<boolean> {
    const stored = { ...job, version: expectedVersion + 1, updatedAt: this.#clock() };
    const result = this.#sql(
      'UPDATE jobs SET version = ?, state = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?',
    ).run(stored.version, stored.state, stored.dueAt, JSON.stringify(stored), job.id, expectedVersion);
    return Promise.resolve(result.changes === 1);
  }

  async remove(id: string, expectedVersion: number): Promise<boolean> {
    const result = this.#sql('DELETE FROM jobs WHERE id = ? AND version = ?').run(id, expectedVersion);
    return Promise.resolve(result.changes === 1);
  }

  async list({ ownerId, state, cursor, limit }: ListOptions): Promise<Job[]> {
    const conditions = ["state NOT IN ('deleting', 'deleted')"];
    const values: string[] = [];
    for (const [condition, value] of [
      ['owner_id = ?', ownerId],
      ['state = ?', state],
      ['id < ?', cursor],
    ] as const) {
      if (value === undefined) continue;
      conditions.push(condition);
      values.push(value);
    }
    const sql = `SELECT id, version FROM jobs WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`;
    return Promise.resolve(
      this.#sql(sql)
        .all(...values, limit)
        .map((row) => this.#listed(String(row['id']), Number(row['version']))),
    );
  }

  async due(limit: number): Promise<string[]> {
    const rows = this.#sql('SELECT id FROM jobs WHERE due_at <= ? ORDER BY due_at LIMIT ?').all(
      this.#clock(),
      limit,
    );
    return Promise.resolve(rows.map((row) => String(row['id'])));
  }

  async openIntent(intent: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    inTransaction(this.#db, () => {
      const insert = this.#sql('INSERT INTO intents (id, owner_id, touched_at) VALUES (?, ?, ?)');
      insert.run(intent.id, intent.ownerId, this.#clock());
      this.#addIntentFiles(intent.id, intent.fileIds);
    });
    return Promise.resolve();
  }

  async touchIntent(id: string, fileIds: readonly string[]): Promise<boolean> {
    const result = this.#sql('UPDATE intents SET touched_at = ? WHERE id = ?').run(this.#clock(), id);
    if (result.changes === 1) this.#addIntentFiles(id, fileIds);
    return Promise.resolve(result.changes === 1);
  }

  async staleIntents(ageMs: number, limit: number): Promise<UploadIntent[]> {
    const rows = this.#sql('SELECT * FROM intents WHERE touched_at <= ? ORDER BY touched_at LIMIT ?').all(
      this.#clock() - ageMs,
      limit,
    );
    const files = this.#sql('SELECT file_id FROM intent_files WHERE intent_id = ?');
    const intents = rows.map((row) => ({
      id: String(row['id']),
      ownerId: String(row['owner_id']),
      touchedAt: Number(row['touched_at']),
      fileIds: files.all(String(row['id'])).map((file) => String(file['file_id'])),
    }));
    return Promise.resolve(intents);
  }

  async dropIntent(id: string): Promise<boolean> {
    return Promise.resolve(this.#sql('DELETE FROM intents WHERE id = ?').run(id).changes === 1);
  }

  async isIntended(fileId: string): Promise<boolean> {
    return Promise.resolve(
      this.#sql('SELECT 1 FROM intent_files WHERE file_id = ?').get(fileId) !== undefined,
    );
  }

  async accept(intentId: string, jobs: readonly Job[]): Promise<'accepted' | 'duplicate' | 'lost'> {
    const outcome = inTransaction(this.#db, () => {
      const first = jobs[0];
      const key = first?.upload.idempotencyKey;
      if (first !== undefined && key !== undefined && this.#jobsOfKey(first.ownerId, key).length > 0)
        return 'duplicate';
      if (this.#sql('DELETE FROM intents WHERE id = ?').run(intentId).changes !== 1) return 'lost';
      for (const job of jobs) this.#insert(job);
      return 'accepted';
    });
    return Promise.resolve(outcome);
  }

  async findByIdempotencyKey(ownerId: string, key: string): Promise<Job[]> {
    return Promise.resolve(this.#jobsOfKey(ownerId, key));
  }

  async now(): Promise<number> {
    return Promise.resolve(this.#clock());
  }

  async ping(): Promise<void> {
    this.#sql('SELECT 1').get();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
    return Promise.resolve();
  }

  /** A job of a list: lists are asked for again and again, and most of their jobs have not changed. */
  #listed(id: string, version: number): Job {
    const known = this.#recent.get(id);
    if (known?.version === version) return known;
    const job = parseDoc(this.#sql('SELECT doc FROM jobs WHERE id = ?').get(id) ?? {});
    deepFreeze(job);
    this.#recent.set(id, job);
    return job;
  }

  #insert(job: Job): void {
    this.#sql(
      `INSERT INTO jobs (id, owner_id, version, state, due_at, idempotency_key, upload_index, doc)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      job.id,
      job.ownerId,
      job.version,
      job.state,
      job.dueAt,
      job.upload.idempotencyKey ?? null,
      job.upload.index,
      JSON.stringify(job),
    );
  }

  #jobsOfKey(ownerId: string, key: string): Job[] {
    const sql = 'SELECT doc FROM jobs WHERE owner_id = ? AND idempotency_key = ? ORDER BY upload_index';
    return this.#sql(sql).all(ownerId, key).map(parseDoc);
  }

  #addIntentFiles(intentId: string, fileIds: readonly string[]): void {
    const insert = this.#sql('INSERT OR IGNORE INTO intent_files (file_id, intent_id) VALUES (?, ?)');
    for (const fileId of fileIds) insert.run(fileId, intentId);
  }

  /** Makes every lease and intent of an earlier process overdue, so that its work goes on without waiting. */
  #lapseLeases(): void {
    inTransaction(this.#db, () => {
      this.#sql('UPDATE intents SET touched_at = 0').run();
      const leased = this.#sql(
        `SELECT doc FROM jobs WHERE due_at IS NOT NULL AND doc LIKE '%"lease":{%'`,
      ).all();
      const update = this.#sql('UPDATE jobs SET version = version + 1, due_at = 0, doc = ? WHERE id = ?');
      for (const job of leased.map(parseDoc)) {
        const lapsed: Job = {
          ...job,
          version: job.version + 1,
          dueAt: 0,
          chunks: job.chunks.map((chunk) =>
            chunk.lease ? { ...chunk, lease: { ...chunk.lease, expiresAt: 0 } } : chunk,
          ),
          ...(job.lease ? { lease: { ...job.lease, expiresAt: 0 } } : {}),
        };
        update.run(JSON.stringify(lapsed), job.id);
      }
    });
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** Listed jobs are handed out more than once, so nobody may change them. */
function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

function parseDoc(row: Record<string, unknown>): Job {
  // Only this adapter writes the column, always from a Job.
  return JSON.parse(String(row['doc'])) as Job;
}
