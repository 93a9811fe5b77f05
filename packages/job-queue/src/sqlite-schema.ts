import type { DatabaseSync } from 'node:sqlite';
import { migrateSqlite } from '@clipscribe/runtime';

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

/** Brings the database to the newest schema. @throws StartError */
export function migrate(db: DatabaseSync): void {
  migrateSqlite(db, migrations, 'job queue');
}
