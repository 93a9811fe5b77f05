import type { Role } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import type { ExecuteValues, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { MysqlAddress } from './mysql-address.ts';
import { MysqlConnections, type MysqlConnection } from './mysql-connections.ts';
import { isDuplicate, unavailable } from './mysql-errors.ts';
import { migrateMysql } from './mysql-schema.ts';
import { unlessAborted } from './unless-aborted.ts';
import { toUser } from './user-row.ts';
import type { NewUser, User, UserStore } from './user-store.ts';

/** The whole of a call, with waiting for a connection; callers promise their own callers 2 s. */
const CALL_MS = 1200;

/** A migration may wait for that of another process, and for tables that are in use. */
const SETUP_MS = 30_000;

/**
 * Users in MySQL or MariaDB. A change is on the server's disk when its promise resolves if the server keeps the
 * default innodb_flush_log_at_trx_commit=1 (and sync_binlog=1 where replicas count): no session can ask for that.
 */
export class MysqlUserStore implements UserStore {
  readonly #connections: MysqlConnections;
  #setUp: Promise<void> | undefined;

  /** Does not connect yet: the first call does, and brings the database to the newest schema. */
  constructor(address: MysqlAddress) {
    this.#connections = new MysqlConnections(address);
  }

  async create(user: NewUser): Promise<boolean> {
    const { id, email, passwordHash, role, createdAt } = user;
    const sql = 'INSERT INTO users (id, email, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?)';
    return this.#insert(sql, [id, email.toLowerCase(), passwordHash, role, createdAt]);
  }

  async findByEmail(email: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE email = ?', email.toLowerCase());
  }

  async findById(id: string): Promise<User | null> {
    return this.#find('SELECT * FROM users WHERE id = ?', id);
  }

  async list({ after, limit }: { after?: string; limit: number }): Promise<User[]> {
    const sql = 'SELECT * FROM users WHERE id > ? ORDER BY id LIMIT ?';
    return (await this.#rows(sql, [after ?? '', limit])).map(toUser);
  }

  async setPassword(id: string, passwordHash: string, at: number): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ?, tokens_valid_from = ? WHERE id = ?';
    return (await this.#matches(sql, [passwordHash, at, id])) === 1;
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return (await this.#matches('UPDATE users SET disabled = ? WHERE id = ?', [disabled ? 1 : 0, id])) === 1;
  }

  async hasRole(role: Role): Promise<boolean> {
    return (await this.#rows('SELECT 1 FROM users WHERE role = ? LIMIT 1', [role])).length > 0;
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    await this.#insert('INSERT INTO revoked_tokens (id, expires_at) VALUES (?, ?)', [tokenId, expiresAt]);
  }

  async isTokenRevoked(tokenId: string): Promise<boolean> {
    return (await this.#rows('SELECT 1 FROM revoked_tokens WHERE id = ?', [tokenId])).length > 0;
  }

  async dropExpiredRevocations(now: number): Promise<number> {
    return this.#matches('DELETE FROM revoked_tokens WHERE expires_at < ?', [now]);
  }

  async ping(): Promise<void> {
    await this.#rows('SELECT 1 FROM users LIMIT 1', []);
  }

  async close(): Promise<void> {
    return this.#connections.close();
  }

  async #find(sql: string, key: string): Promise<User | null> {
    const [row] = await this.#rows(sql, [key]);
    return row === undefined ? null : toUser(row);
  }

  /** False when the row was there before. */
  async #insert(sql: string, values: ExecuteValues): Promise<boolean> {
    try {
      await this.#matches(sql, values);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** How many rows a statement was about, whether they were so already or not: the driver asks for FOUND_ROWS. */
  async #matches(sql: string, values: ExecuteValues): Promise<number> {
    const [header] = await this.#call((connection) => connection.execute<ResultSetHeader>(sql, values));
    return header.affectedRows;
  }

  async #rows(sql: string, values: ExecuteValues): Promise<RowDataPacket[]> {
    const [rows] = await this.#call((connection) => connection.execute<RowDataPacket[]>(sql, values));
    return rows;
  }

  async #call<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(CALL_MS);
    await this.#beSetUp(signal);
    return this.#connections.use(signal, work);
  }

  /** The migration goes on when the caller cannot wait any more; one that failed is tried again by the next call. */
  async #beSetUp(signal: AbortSignal): Promise<void> {
    this.#setUp ??= this.#migrate();
    try {
      await unlessAborted(this.#setUp, signal);
    } catch (error) {
      throw error instanceof UnavailableError ? error : unavailable(error);
    }
  }

  async #migrate(): Promise<void> {
    try {
      await this.#connections.use(AbortSignal.timeout(SETUP_MS), migrateMysql);
    } catch (error) {
      this.#setUp = undefined;
      throw error;
    }
  }
}
