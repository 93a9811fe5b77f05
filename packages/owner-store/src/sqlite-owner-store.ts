import type { DatabaseSync } from 'node:sqlite';
import { migrateSqlite, openSqlite, SqliteStatements } from '@clipscribe/runtime';
import { defaultSettings, type OwnerSettings } from './owner-settings.ts';
import type { OwnerStore } from './owner-store.ts';

const ROLE = 'owner store';

/** One entry a schema version; entries are only ever added. */
const migrations = [
  `CREATE TABLE owners (
     owner_id TEXT PRIMARY KEY,
     version INTEGER NOT NULL,
     doc TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
] as const;

/** Owners' settings in one SQLite file, a document a row. Several processes may share the file. */
export class SqliteOwnerStore implements OwnerStore {
  readonly #connection: DatabaseSync;
  readonly #sql: SqliteStatements;

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#sql = new SqliteStatements(connection, ROLE);
  }

  /** @throws StartError when the file cannot be written */
  static open(path: string): SqliteOwnerStore {
    const connection = openSqlite(path);
    migrateSqlite(connection, migrations, ROLE);
    return new SqliteOwnerStore(connection);
  }

  async get(ownerId: string): Promise<OwnerSettings> {
    const row = this.#sql.row('SELECT version, doc FROM owners WHERE owner_id = ?', ownerId);
    if (row === undefined) return Promise.resolve(defaultSettings(ownerId));
    // Only this adapter writes the column, always from settings.
    const stored = JSON.parse(String(row['doc'])) as Partial<OwnerSettings>;
    return Promise.resolve({ ...defaultSettings(ownerId), ...stored, version: Number(row['version']) });
  }

  async replace(settings: OwnerSettings, expectedVersion: number): Promise<boolean> {
    const { ownerId } = settings;
    const version = expectedVersion + 1;
    const doc = JSON.stringify({ ...settings, version });
    const changed =
      expectedVersion === 0
        ? this.#sql.run(
            'INSERT INTO owners (owner_id, version, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
            ...[ownerId, version, doc],
          )
        : this.#sql.run(
            'UPDATE owners SET version = ?, doc = ? WHERE owner_id = ? AND version = ?',
            ...[version, doc, ownerId, expectedVersion],
          );
    return Promise.resolve(changed === 1);
  }

  async ping(): Promise<void> {
    this.#sql.row('SELECT 1 FROM owners LIMIT 1');
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#connection.isOpen) this.#connection.close();
    return Promise.resolve();
  }
}
