import type { DatabaseSync } from 'node:sqlite';
import { migrateSqlite } from '@clipscribe/runtime';

/** One entry a schema version; entries are only ever added. */
const migrations = [
  `CREATE TABLE jobs (
     id TEXT PRIMARY KEY,
     owner_id TEXT NOT NULL,
     version INTEGER NOT NULL,
     state TEXT NOT NULL,
     due_at INTEGER,
     idempotency_key TEXT,
     upload_index INTEGER NOT NULL,
     doc TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX jobs_by_owner ON jobs (owner_id, id, state, version); -- covers lists
   CREATE INDEX jobs_by_due ON jobs (due_at) WHERE due_at IS NOT NULL;
   CREATE UNIQUE INDEX jobs_by_key ON jobs (owner_id, idempotency_key, upload_index) WHERE idempotency_key IS NOT NULL;
   CREATE TABLE intents (id TEXT PRIMARY KEY, owner_id TEXT NOT NULL, touched_at INTEGER NOT NULL) STRICT;
   CREATE TABLE intent_files (
     file_id TEXT PRIMARY KEY,
     intent_id TEXT NOT NULL REFERENCES intents (id) ON DELETE CASCADE
   ) STRICT;
   CREATE INDEX intent_files_by_intent ON intent_files (intent_id);`,
] as const;

/** Brings the database to the newest schema. @throws StartError */
export function migrate(db: DatabaseSync): void {
  db.exec('PRAGMA foreign_keys = ON');
  migrateSqlite(db, migrations, 'job store');
}
