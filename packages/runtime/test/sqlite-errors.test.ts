import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { asSqliteError, isOutOfSpace, UnavailableError } from '../src/index.ts';

/** A database of one small table. */
function smallDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT; INSERT INTO t VALUES ('1')");
  return db;
}

/** What SQLite throws for `sql`. */
function failureOf(sql: string, db = smallDatabase()): unknown {
  try {
    db.exec(sql);
  } catch (error) {
    return error;
  } finally {
    db.close();
  }
  throw new Error(`this works: ${sql}`);
}

describe('asSqliteError', () => {
  it('calls a file that is no database unavailable, keeping the cause', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'user-store-'));
    try {
      await writeFile(
        join(folder, 'users.db'),
        'not a database, but long enough to have a header. '.repeat(20),
      );
      const db = new DatabaseSync(join(folder, 'users.db'));
      const cause = failureOf('SELECT * FROM t', db);
      const error = asSqliteError(cause, 'user store');
      expect(error).toBeInstanceOf(UnavailableError);
      expect(error).toMatchObject({ service: 'user store', cause });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('calls a read-only database unavailable', () => {
    expect(asSqliteError(failureOf('PRAGMA query_only = ON; DELETE FROM t'), 'user store')).toBeInstanceOf(
      UnavailableError,
    );
  });

  it('leaves a full disk to be known as one', () => {
    const error = asSqliteError(
      failureOf('PRAGMA max_page_count = 1; INSERT INTO t VALUES (hex(zeroblob(100000)))'),
      'user store',
    );
    expect(error).not.toBeInstanceOf(UnavailableError);
    expect(isOutOfSpace(error)).toBe(true);
  });

  it.each(['INSERT INTO t VALUES (1)', 'SELECT nonsense'])('leaves a mistake of ours as it is: %s', (sql) => {
    const error = failureOf(sql);
    expect(asSqliteError(error, 'user store')).toBe(error);
  });
});
