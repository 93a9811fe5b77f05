import type { DatabaseSync } from 'node:sqlite';
import { foldText, type Job, type ResumableUpload, type UploadIntent } from '@clipscribe/contracts';
import { openSqlite, SqliteStatements } from '@clipscribe/runtime';
import { LRUCache } from 'lru-cache';
import { deepFreeze, parseDoc } from './job-document.ts';
import type {
  JobReading,
  Expiring,
  JobStore,
  ListOptions,
  ReplaceOptions,
  Turn,
  TurnStep,
  UploadReading,
} from './job-store.ts';
import { lapseLeases } from './lapse-leases.ts';
import type { OwnerUsage, Reserved, UsageOptions } from './owner-usage.ts';
import { endedSince } from './sqlite-ended.ts';
import { SqliteIntents } from './sqlite-intents.ts';
import { assignments, columnsOf } from './sqlite-columns.ts';
import { reindex } from './sqlite-reindex.ts';
import { SqliteResumable } from './sqlite-resumable.ts';
import { migrate } from './sqlite-schema.ts';
import { takeTurn } from './sqlite-turns.ts';
import { usageOf } from './sqlite-usage.ts';

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
  readonly #connections: readonly DatabaseSync[];
  readonly #sql: SqliteStatements;
  /** Commits here do not wait for the disk; the next one that does takes them along. */
  readonly #unsynced: SqliteStatements;
  readonly #intents: SqliteIntents;
  readonly #resumable: SqliteResumable;
  readonly #clock: () => number;
  readonly #recent = new LRUCache<string, Job>({ max: RECENT_JOBS });

  private constructor(synced: DatabaseSync, unsynced: DatabaseSync, clock: () => number) {
    this.#connections = [unsynced, synced];
    this.#sql = new SqliteStatements(synced, 'job store');
    this.#unsynced = new SqliteStatements(unsynced, 'job store');
    this.#intents = new SqliteIntents(this.#sql);
    this.#resumable = new SqliteResumable(this.#sql);
    this.#clock = clock;
  }

  /** @throws StartError when the file cannot be written. */
  static open(path: string, options: SqliteJobStoreOptions = {}): SqliteJobStore {
    const synced = openSqlite(path);
    migrate(synced);
    const unsynced = openSqlite(path);
    unsynced.exec('PRAGMA synchronous = NORMAL');
    const store = new SqliteJobStore(synced, unsynced, options.clock ?? Date.now);
    reindex(store.#sql);
    if (options.soleOwner === true) lapseLeases(store.#sql);
    return store;
  }

  async get(id: string): Promise<JobReading | null> {
    const row = this.#sql.row('SELECT doc FROM jobs WHERE id = ?', id);
    return Promise.resolve(row === undefined ? null : { job: parseDoc(row), now: this.#clock() });
  }

  async replace(
    job: Job,
    expectedVersion: number,
    { redoable = false }: ReplaceOptions = {},
  ): Promise<boolean> {
    const stored = { ...job, version: expectedVersion + 1, updatedAt: this.#clock() };
    const columns = columnsOf(stored);
    const changed = (redoable ? this.#unsynced : this.#sql).run(
      `UPDATE jobs SET ${assignments(columns)} WHERE id = ? AND version = ?`,
      ...Object.values(columns),
      job.id,
      expectedVersion,
    );
    return Promise.resolve(changed === 1);
  }

  async remove(id: string, expectedVersion: number): Promise<boolean> {
    const removed = this.#sql.run('DELETE FROM jobs WHERE id = ? AND version = ?', id, expectedVersion);
    return Promise.resolve(removed === 1);
  }

  async list({ ownerId, state, search, cursor, limit }: ListOptions): Promise<Job[]> {
    const conditions = ["state NOT IN ('deleting', 'deleted')"];
    const values: string[] = [];
    for (const [condition, value] of [
      ['owner_id = ?', ownerId],
      ['state = ?', state],
      ['id < ?', cursor],
      // Not LIKE, which knows the case of ASCII alone and has wildcards.
      ['instr(search_text, ?) > 0', search === undefined ? undefined : foldText(search)],
    ] as const) {
      if (value === undefined) continue;
      conditions.push(condition);
      values.push(value);
    }
    const sql = `SELECT id, version FROM jobs WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`;
    const rows = this.#sql.rows(sql, ...values, limit);
    return Promise.resolve(rows.map((row) => this.#listed(String(row['id']), Number(row['version']))));
  }

  async due(limit: number): Promise<string[]> {
    const sql = 'SELECT id FROM jobs WHERE due_at <= ? ORDER BY due_at LIMIT ?';
    return Promise.resolve(this.#sql.rows(sql, this.#clock(), limit).map((row) => String(row['id'])));
  }

  async takeTurn(step: TurnStep): Promise<Turn | null> {
    return Promise.resolve(takeTurn(this.#unsynced, step, this.#clock()));
  }

  async usage(ownerId: string, options: UsageOptions = {}): Promise<OwnerUsage> {
    return Promise.resolve(usageOf(this.#sql, ownerId, options, this.#clock()));
  }

  async endedSince(ageMs: number, having: Expiring, limit: number): Promise<string[]> {
    return Promise.resolve(endedSince(this.#sql, having, this.#clock() - ageMs, limit));
  }

  async openIntent(intent: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    this.#intents.open(intent, this.#clock());
    return Promise.resolve();
  }

  async touchIntent(id: string, fileIds: readonly string[], reserved?: Reserved): Promise<boolean> {
    return Promise.resolve(this.#intents.touch(id, fileIds, reserved, this.#clock()));
  }

  async staleIntents(ageMs: number, limit: number): Promise<UploadIntent[]> {
    return Promise.resolve(this.#intents.stale(this.#clock() - ageMs, limit));
  }

  async dropIntent(id: string): Promise<boolean> {
    return Promise.resolve(this.#intents.drop(id));
  }

  async isIntended(fileId: string): Promise<boolean> {
    return Promise.resolve(this.#intents.protects(fileId));
  }

  async openUpload(upload: ResumableUpload): Promise<void> {
    this.#resumable.open(upload, this.#clock());
    return Promise.resolve();
  }

  async getUpload(id: string): Promise<UploadReading | null> {
    const upload = this.#resumable.find(id);
    return Promise.resolve(upload === null ? null : { upload, now: this.#clock() });
  }

  async replaceUpload(upload: ResumableUpload, expectedVersion: number): Promise<boolean> {
    return Promise.resolve(this.#resumable.replace(upload, expectedVersion, this.#clock()));
  }

  async dueUploads(limit: number): Promise<string[]> {
    return Promise.resolve(this.#resumable.due(this.#clock(), limit));
  }

  async accept(intentId: string, jobs: readonly Job[]): Promise<'accepted' | 'duplicate' | 'lost'> {
    const outcome = this.#sql.inTransaction(() => {
      const first = jobs[0];
      const key = first?.upload.idempotencyKey;
      if (first !== undefined && key !== undefined && this.#jobsOfKey(first.ownerId, key).length > 0)
        return 'duplicate';
      if (!this.#intents.drop(intentId)) return 'lost';
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
    this.#sql.row('SELECT 1 FROM jobs LIMIT 1');
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) if (connection.isOpen) connection.close();
    return Promise.resolve();
  }

  /** A job of a list: lists are asked for again and again, and most of their jobs have not changed. */
  #listed(id: string, version: number): Job {
    const known = this.#recent.get(id);
    if (known?.version === version) return known;
    const job = parseDoc(this.#sql.row('SELECT doc FROM jobs WHERE id = ?', id) ?? {});
    deepFreeze(job);
    this.#recent.set(id, job);
    return job;
  }

  #insert(job: Job): void {
    const row = { id: job.id, owner_id: job.ownerId, upload_index: job.upload.index, ...columnsOf(job) };
    const [names, values] = [Object.keys(row), Object.values(row)];
    const places = names.map(() => '?').join(', ');
    this.#sql.run(`INSERT INTO jobs (${names.join(', ')}) VALUES (${places})`, ...values);
  }

  #jobsOfKey(ownerId: string, key: string): Job[] {
    const sql = 'SELECT doc FROM jobs WHERE owner_id = ? AND idempotency_key = ? ORDER BY upload_index';
    return this.#sql.rows(sql, ownerId, key).map(parseDoc);
  }
}
