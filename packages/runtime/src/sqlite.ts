import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from './run.ts';

/**
 * Opens an embedded database so that a commit is on the disk when it returns (write-ahead log, full sync),
 * and several connections, also of several processes, wait for each other instead of failing.
 * @throws StartError when the folder cannot be written.
 */
export function openSqlite(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path);
    db.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    return db;
  } catch (error) {
    throw new StartError(
      `cannot write the database ${path}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Runs `work` in one immediate transaction: all of it is committed, or nothing. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled back already; a second rollback would hide the error behind its own.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
