import type { DatabaseSync } from 'node:sqlite';
import { migrateSqlite } from '@clipscribe/runtime';

/** One entry a schema version; entries are only ever added. */
const migrations = [
  `CREATE TABLE users (
     id TEXT PRIMARY KEY,
     email TEXT NOT NULL UNIQUE,
     password_hash TEXT NOT NULL,
     role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
     disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
     created_at INTEGER NOT NULL,
     tokens_valid_from INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX users_by_role ON users (role);
   CREATE TABLE revoked_tokens (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);`,
  `CREATE TABLE sign_in_attempts (
     id TEXT PRIMARY KEY,
     times TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sign_in_attempts_by_expiry ON sign_in_attempts (expires_at);`,
] as const;

/** Brings the database to the newest schema. @throws StartError */
export function migrate(db: DatabaseSync): void {
  migrateSqlite(db, migrations, 'user store');
}
