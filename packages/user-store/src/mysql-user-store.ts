import type { Role } from '@clipscribe/contracts';
import { parseTimes, timesText } from './attempt-times.ts';
import type { MysqlAddress } from './mysql-address.ts';
import { MysqlStatements } from './mysql-statements.ts';
import { toUser } from './user-row.ts';
import type { ListUsers, NewUser, User, UserStore } from './user-store.ts';

/** Rows that one statement removes, so that it takes no longer than a call may. */
const SWEEP_ROWS = 5000;

/**
 * Users in MySQL or MariaDB. A change is on the server's disk when its promise resolves if the server keeps the
 * default innodb_flush_log_at_trx_commit=1 (and sync_binlog=1 where replicas count): no session can ask for that.
 */
export class MysqlUserStore implements UserStore {
  readonly #sql: MysqlStatements;

  /** Does not connect yet: the first call does, and brings the database to the newest schema. */
  constructor(address: MysqlAddress) {
    this.#sql = new MysqlStatements(address);
  }

  async create(user: NewUser): Promise<boolean> {
    const { id, email, passwordHash, role, createdAt } = user;
    const sql = 'INSERT INTO users (id, email, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?)';
    return this.#sql.insert(sql, [id, email.toLowerCase(), passwordHash, role, createdAt]);
  }

  async findByEmail(email: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE email = ?', email.toLowerCase());
  }

  async findById(id: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE id = ?', id);
  }

  async list({ after = '', limit, search = '' }: ListUsers): Promise<User[]> {
    const sql = 'SELECT * FROM users WHERE id > ? AND INSTR(email, ?) > 0 ORDER BY id LIMIT ?';
    return (await this.#sql.rows(sql, [after, search, limit])).map(toUser);
  }

  async setPassword(id: string, passwordHash: string, at: number): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ?, tokens_valid_from = ? WHERE id = ?';
    return (await this.#sql.matches(sql, [passwordHash, at, id])) === 1;
  }

  async replaceHash(id: string, oldHash: string, newHash: string): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?';
    return (await this.#sql.matches(sql, [newHash, id, oldHash])) === 1;
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return (
      (await this.#sql.matches('UPDATE users SET disabled = ? WHERE id = ?', [disabled ? 1 : 0, id])) === 1
    );
  }

  async hasRole(role: Role): Promise<boolean> {
    return (await this.#sql.rows('SELECT 1 FROM users WHERE role = ? LIMIT 1', [role])).length > 0;
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    await this.#sql.insert('INSERT INTO revoked_tokens (id, expires_at) VALUES (?, ?)', [tokenId, expiresAt]);
  }

  async isTokenRevoked(tokenId: string): Promise<boolean> {
    return (await this.#sql.rows('SELECT 1 FROM revoked_tokens WHERE id = ?', [tokenId])).length > 0;
  }

  async dropExpiredRevocations(now: number): Promise<number> {
    return this.#sql.matches('DELETE FROM revoked_tokens WHERE expires_at < ?', [now]);
  }

  async attempts(key: string): Promise<number[]> {
    const [row] = await this.#sql.rows('SELECT times FROM sign_in_attempts WHERE id = ?', [key]);
    return row === undefined ? [] : parseTimes(row['times']);
  }

  async replaceAttempts(
    key: string,
    before: readonly number[],
    after: readonly number[],
    keepUntil: number,
  ): Promise<boolean> {
    const [from, to] = [timesText(before), timesText(after)];
    if (before.length === 0) {
      const sql = 'INSERT INTO sign_in_attempts (id, times, expires_at) VALUES (?, ?, ?)';
      return this.#sql.insert(sql, [key, to, keepUntil]);
    }
    if (after.length === 0) {
      const sql = 'DELETE FROM sign_in_attempts WHERE id = ? AND times = ?';
      return (await this.#sql.matches(sql, [key, from])) === 1;
    }
    const sql = 'UPDATE sign_in_attempts SET times = ?, expires_at = ? WHERE id = ? AND times = ?';
    return (await this.#sql.matches(sql, [to, keepUntil, key, from])) === 1;
  }

  async dropOldAttempts(now: number): Promise<number> {
    const sql = `DELETE FROM sign_in_attempts WHERE expires_at < ? LIMIT ${String(SWEEP_ROWS)}`;
    let dropped = 0;
    for (;;) {
      const rows = await this.#sql.matches(sql, [now]);
      dropped += rows;
      if (rows < SWEEP_ROWS) return dropped;
    }
  }

  async ping(): Promise<void> {
    await this.#sql.rows('SELECT 1 FROM users LIMIT 1', []);
  }

  async close(): Promise<void> {
    return this.#sql.close();
  }

  async #find(sql: string, key: string): Promise<User | null> {
    const [row] = await this.#sql.rows(sql, [key]);
    return row === undefined ? null : toUser(row);
  }
}
