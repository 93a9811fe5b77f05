import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { roles, type Role } from '@clipscribe/contracts';
import { openSqlite } from '@clipscribe/runtime';
import { z } from 'zod';
import { asStoreError } from './sqlite-errors.ts';
import { migrate } from './sqlite-schema.ts';
import type { NewUser, User, UserStore } from './user-store.ts';

const rowSchema = z.object({
  id: z.string(),
  email: z.string(),
  password_hash: z.string(),
  role: z.enum(roles),
  disabled: z.int(),
  created_at: z.int(),
  tokens_valid_from: z.int(),
});

/** Users in one SQLite file. Calls are synchronous inside, so no two of one process interleave. */
export class SqliteUserStore implements UserStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync) {
    this.#db = db;
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
    return new SqliteUserStore(db);
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

  async list({ after, limit }: { after?: string; limit: number }): Promise<User[]> {
    const sql = 'SELECT * FROM users WHERE id > ? ORDER BY id LIMIT ?';
    return this.#run(() =>
      this.#sql(sql)
        .all(after ?? '', limit)
        .map(toUser),
    );
  }

  async setPassword(id: string, passwordHash: string, at: number): Promise<boolean> {
    const sql = 'UPDATE users SET password_hash = ?, tokens_valid_from = ? WHERE id = ?';
    return this.#changes(sql, passwordHash, at, id).then(isOne);
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.#changes('UPDATE users SET disabled = ? WHERE id = ?', disabled ? 1 : 0, id).then(isOne);
  }

  async hasRole(role: Role): Promise<boolean> {
    return this.#run(() => this.#sql('SELECT 1 FROM users WHERE role = ? LIMIT 1').get(role) !== undefined);
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    const sql = 'INSERT INTO revoked_tokens (id, expires_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING';
    await this.#changes(sql, tokenId, expiresAt);
  }

  async isTokenRevoked(tokenId: string): Promise<boolean> {
    return this.#run(() => this.#sql('SELECT 1 FROM revoked_tokens WHERE id = ?').get(tokenId) !== undefined);
  }

  async dropExpiredRevocations(now: number): Promise<number> {
    return this.#changes('DELETE FROM revoked_tokens WHERE expires_at < ?', now);
  }

  async ping(): Promise<void> {
    await this.#run(() => this.#sql('SELECT 1 FROM users LIMIT 1').get());
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
    return Promise.resolve();
  }

  async #find(sql: string, key: string): Promise<User | null> {
    return this.#run(() => {
      const row = this.#sql(sql).get(key);
      return row === undefined ? null : toUser(row);
    });
  }

  async #changes(sql: string, ...values: (string | number)[]): Promise<number> {
    return this.#run(() => Number(this.#sql(sql).run(...values).changes));
  }

  async #run<T>(work: () => T): Promise<T> {
    try {
      return await Promise.resolve(work());
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /** Prepared once; node:sqlite keeps no cache of its own. */
  #sql(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function isOne(changes: number): boolean {
  return changes === 1;
}

function toUser(row: unknown): User {
  const { password_hash, created_at, tokens_valid_from, disabled, ...same } = rowSchema.parse(row);
  return {
    ...same,
    passwordHash: password_hash,
    disabled: disabled === 1,
    createdAt: created_at,
    tokensValidFrom: tokens_valid_from,
  };
}
