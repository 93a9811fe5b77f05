import type { DatabaseSync } from 'node:sqlite';
import { StartError } from './run.ts';
import { inTransaction } from './sqlite.ts';

/**
 * Brings a database to the newest schema; safe when several processes start at once. `migrations` has one entry
 * a schema version, and entries are only ever added. `role` says what the database is for, as in "job store".
 * @throws StartError when a newer release has written the database, whose schema this one does not know
 */
export function migrateSqlite(db: DatabaseSync, migrations: readonly string[], role: string): void {
  inTransaction(db, () => {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > migrations.length) {
      throw new StartError(
        `the database of the ${role} was written by a newer release; start that release, or restore a backup`,
      );
    }
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${String(migrations.length)}`);
  });
}
