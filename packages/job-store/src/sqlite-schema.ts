import type { DatabaseSync } from 'node:sqlite';
import { migrateSqlite } from '@clipscribe/runtime';

/** One entry a schema version; entries are only ever added. */
export const migrations = [
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
  // Derived from the job with every write, see job-index.ts; rows of before get theirs when the store is opened.
  `ALTER TABLE jobs ADD COLUMN index_version INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE jobs ADD COLUMN video_from INTEGER;
   ALTER TABLE jobs ADD COLUMN chunk_from INTEGER;
   ALTER TABLE jobs ADD COLUMN is_active INTEGER;
   ALTER TABLE jobs ADD COLUMN stored_bytes INTEGER;
   ALTER TABLE jobs ADD COLUMN audio_at INTEGER;
   ALTER TABLE jobs ADD COLUMN audio_seconds REAL;
   ALTER TABLE jobs ADD COLUMN ended_at INTEGER;
   ALTER TABLE jobs ADD COLUMN has_source INTEGER;
   ALTER TABLE jobs ADD COLUMN has_results INTEGER;
   CREATE INDEX jobs_by_index_version ON jobs (index_version);
   CREATE INDEX jobs_by_video_turn ON jobs (owner_id, video_from) WHERE video_from IS NOT NULL;
   CREATE INDEX jobs_by_chunk_turn ON jobs (owner_id, chunk_from) WHERE chunk_from IS NOT NULL;
   CREATE INDEX jobs_by_usage ON jobs (owner_id, stored_bytes, is_active);
   CREATE INDEX jobs_by_audio ON jobs (owner_id, audio_at, audio_seconds) WHERE audio_at IS NOT NULL;
   -- Each holds only what is left to expire.
   CREATE INDEX jobs_by_end ON jobs (ended_at) WHERE ended_at IS NOT NULL AND due_at IS NULL;
   CREATE INDEX jobs_by_source_end ON jobs (ended_at) WHERE has_source = 1 AND due_at IS NULL;
   CREATE INDEX jobs_by_results_end ON jobs (ended_at) WHERE has_results = 1 AND due_at IS NULL;`,
  `CREATE TABLE turns (
     step TEXT NOT NULL,
     owner_id TEXT NOT NULL,
     served_at INTEGER NOT NULL,
     PRIMARY KEY (step, owner_id)
   ) STRICT, WITHOUT ROWID;`,
  // Resumable uploads are intents that have a document.
  `ALTER TABLE intents ADD COLUMN version INTEGER;
   ALTER TABLE intents ADD COLUMN due_at INTEGER;
   ALTER TABLE intents ADD COLUMN length INTEGER;
   ALTER TABLE intents ADD COLUMN doc TEXT;
   CREATE INDEX intents_by_due ON intents (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX intents_by_owner ON intents (owner_id);`,
  `ALTER TABLE intents ADD COLUMN reserved_bytes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE intents ADD COLUMN reserved_jobs INTEGER NOT NULL DEFAULT 1;`,
  // Derived as the others are. Searches read it from the index: behind the documents it would be slow to reach.
  `ALTER TABLE jobs ADD COLUMN search_text TEXT;
   DROP INDEX jobs_by_owner;
   CREATE INDEX jobs_by_owner ON jobs (owner_id, id, state, version, search_text);`,
] as const;

/** Brings the database to the newest schema. @throws StartError */
export function migrate(db: DatabaseSync): void {
  db.exec('PRAGMA foreign_keys = ON');
  migrateSqlite(db, migrations, 'job store');
}
