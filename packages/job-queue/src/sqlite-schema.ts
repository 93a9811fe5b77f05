import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, StartError } from '@clipscribe/runtime';

/** One entry a schema version; entries are only ever added. Times are ms since the epoch. */
const migrations = [
  `CREATE TABLE messages (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     queue TEXT NOT NULL,
     body TEXT NOT NULL,
     visible_at INTEGER NOT NULL,
     deliveries INTEGER NOT NULL DEFAULT 0,
     claimed_by TEXT,
     claimed_until INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX messages_by_turn ON messages (queue, visible_at, id);
   CREATE TABLE dead_letters (
     id TEXT PRIMARY KEY,
     queue TEXT NOT NULL,
     body TEXT NOT NULL,
     reason TEXT NOT NULL,
     dead_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX dead_letters_by_queue ON dead_letters (queue, id);`,
] as const;

/**
 * Brings the database to the newest schema; safe when several processes start at once.
 * @throws StartError when a newer release has written the database, whose schema this one does not know.
 */
export function migrate(db: DatabaseSync): void {
  inTransaction(db, () => {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > migrations.length) {
      throw new StartError(
        'the queue database was written by a newer release; start that release, or restore a backup',
      );
    }
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${String(migrations.length)}`);
  });
}
