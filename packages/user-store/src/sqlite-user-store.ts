import type { DatabaseSync } from 'node:sqlite';
import type { Role } from '@clipscribe/contracts';
import { openSqlite, SqliteStatements } from '@clipscribe/runtime';
import { parseTimes, timesText } from './attempt-times.ts';
import { migrate } from './sqlite-schema.ts';
import { toUser } from './user-row.ts';
import type { ListUsers, NewUser, User, UserStore } from './user-store.ts';

/** Users in one SQLite file. Calls are synchronous inside, so no two of one process interleave. */
export class SqliteUserStore implements UserStore {
  readonly #connections: readonly DatabaseSync[];
  readonly #sql: SqliteStatements;
  /** Does not wait for the disk: whoever floods the service with attempts must not make it wait all the time. */
  readonly #unsynced: SqliteStatements;

  private constructor(synced: DatabaseSync, unsynced: DatabaseSync) {
    this.#connections = [unsynced, synced];
    this.#sql = new SqliteStatements(synced, 'user store');
    this.#unsynced = new SqliteStatements(unsynced, 'user store');
  }

  /** @throws StartError when the file cannot be written or belongs to a newer release. */
  static open(path: string): SqliteUserStore {
    const db = openSqlite(path);
    try {
      migrate(db);
    } catch (error) {
      db.close();
      throw error;
    }
    const unsynced = openSqlite(path);
    unsynced.exec('PRAGMA synchronous = NORMAL');
    return new SqliteUserStore(db, unsynced);
  }

  async create(user: NewUser): Promise<boolean> {
    const { id, email, passwordHash, role, createdAt } = user;
    const sql = `INSERT INTO users (id, email, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (email) DO NOTHING`;
    return this.#changes(sql, id, email.toLowerCase(), passwordHash, role, createdAt).then(isOne);
  }

  async findByEmail(email: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE email = ?', email.toLowerCase());
  }

  async findById(id: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE id = ?', id);
  }

  async list({ after = '', limit, search = '' }: ListUsers): Promise<User[]> {
    const sql = 'SELECT * FROM users WHERE id > ? AND instr(email, ?) > 0 ORDER BY id LIMIT ?';
    return this.#run(() => this.#sql.rows(sql, after, search, limit).map(toUser));
  }

  async setPassword(id: string, passwordHash: string, at: number): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ?, tokens_valid_from = ? WHERE id = ?';
    return this.#changes(sql, passwordHash, at, id).then(isOne);
  }

  async replaceHash(id: string, oldHash: string, newHash: string): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?';
    return this.#changes(sql, newHash, id, oldHash).then(isOne);
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.#changes('UPDATE users SET disabled = ? WHERE id = ?', disabled ? 1 : 0, id).then(isOne);
  }

  async hasRole(role: Role): Promise<boolean> {
    return this.#run(() => this.#sql.row('SELECT 1 FROM users WHERE role = ? LIMIT 1', role) !== undefined);
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    const sql = 'INSERT INTO revoked_tokens (id, expires_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING';
    await this.#changes(sql, tokenId, expiresAt);
  }

  async isTokenRevoked(tokenId: string): Promise<boolean> {
    return this.#run(() => this.#sql.row('SELECT 1 FROM revoked_tokens WHERE id = ?', tokenId) !== undefined);
  }

  async dropExpiredRevocations(now: number): Promise<number> {
    return this.#changes('DELETE FROM revoked_tokens WHERE expires_at < ?', now);
  }

  async attempts(key: string): Promise<number[]> {
    return this.#run(() => {
      const row = this.#unsynced.row('SELECT times FROM sign_in_attempts WHERE id = ?', key);
      return row === undefined ? [] : parseTimes(row['times']);
    });
  }

  async replaceAttempts(
    key: string,
    before: readonly number[],
    after: readonly number[],
    keepUntil: number,
  ): Promise<boolean> {
    const [from, to] = [timesText(before), timesText(after)];
    if (before.length === 0) {
      const sql = `INSERT INTO sign_in_attempts (id, times, expires_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`;
      return this.#unsyncedChanges(sql, key, to, keepUntil).then(isOne);
    }
    if (after.length === 0) {
      const sql = 'DELETE FROM sign_in_attempts WHERE id = ? AND times = ?';
      return this.#unsyncedChanges(sql, key, from).then(isOne);
    }
    const sql = 'UPDATE sign_in_attempts SET times = ?, expires_at = ? WHERE id = ? AND times = ?';
    return this.#unsyncedChanges(sql, to, keepUntil, key, from).then(isOne);
  }

  async dropOldAttempts(now: number): Promise<number> {
    return this.#unsyncedChanges('DELETE FROM sign_in_attempts WHERE expires_at < ?', now);
  }

  async ping(): Promise<void> {
    await this.#run(() => this.#sql.row('SELECT 1 FROM users LIMIT 1'));
  }

  async close(): Promise<void> {
    for (const db of this.#connections) if (db.isOpen) db.close();
    return Promise.resolve();
  }

  async #find(sql: string, key: string): Promise<User | null> {
    return this.#run(() => {
      const row = this.#sql.row(sql, key);
      return row === undefined ? null : toUser(row);
    });
  }

  async #changes(sql: string, ...values: (string | number)[]): Promise<number> {
    return this.#run(() => this.#sql.run(sql, ...values));
  }

  async #unsyncedChanges(sql: string, ...values: (string | number)[]): Promise<number> {
    return this.#run(() => this.#unsynced.run(sql, ...values));
  }

  /** As a promise, also when it fails. */
  async #run<T>(work: () => T): Promise<T> {
    return Promise.resolve(work());
  }
}

function isOne(changes: number): boolean {
  return changes === 1;
}
