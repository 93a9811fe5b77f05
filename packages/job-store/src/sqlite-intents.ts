import type { UploadIntent } from '@clipscribe/contracts';
import type { SqliteStatements } from '@clipscribe/runtime';
import type { Reserved } from './owner-usage.ts';

/** The intents of uploads under way, with the files that they protect. */
export class SqliteIntents {
  readonly #sql: SqliteStatements;

  constructor(sql: SqliteStatements) {
    this.#sql = sql;
  }

  open(intent: Omit<UploadIntent, 'touchedAt'>, now: number): void {
    const { id, ownerId, fileIds, reservedBytes = 0, reservedJobs = 1 } = intent;
    const sql =
      'INSERT INTO intents (id, owner_id, touched_at, reserved_bytes, reserved_jobs) VALUES (?, ?, ?, ?, ?)';
    this.#sql.inTransaction(() => {
      this.#sql.run(sql, id, ownerId, now, reservedBytes, reservedJobs);
      this.#addFiles(id, fileIds);
    });
  }

  /** False when the intent is gone. */
  touch(id: string, fileIds: readonly string[], reserved: Reserved | undefined, now: number): boolean {
    const sql = `UPDATE intents SET touched_at = ?, reserved_bytes = coalesce(?, reserved_bytes),
      reserved_jobs = coalesce(?, reserved_jobs) WHERE id = ? AND doc IS NULL`;
    const { bytes = null, jobs = null } = reserved ?? {};
    if (this.#sql.run(sql, now, bytes, jobs, id) !== 1) return false;
    this.#addFiles(id, fileIds);
    return true;
  }

  /** Those last touched at `before` or earlier. */
  stale(before: number, limit: number): UploadIntent[] {
    const sql = 'SELECT * FROM intents WHERE doc IS NULL AND touched_at <= ? ORDER BY touched_at LIMIT ?';
    return this.#sql.rows(sql, before, limit).map((row) => {
      const id = String(row['id']);
      const files = this.#sql.rows('SELECT file_id FROM intent_files WHERE intent_id = ?', id);
      return {
        id,
        ownerId: String(row['owner_id']),
        touchedAt: Number(row['touched_at']),
        fileIds: files.map((file) => String(file['file_id'])),
      };
    });
  }

  /** False when it was gone already. */
  drop(id: string): boolean {
    return this.#sql.run('DELETE FROM intents WHERE id = ?', id) === 1;
  }

  protects(fileId: string): boolean {
    return this.#sql.row('SELECT 1 FROM intent_files WHERE file_id = ?', fileId) !== undefined;
  }

  #addFiles(intentId: string, fileIds: readonly string[]): void {
    const sql = 'INSERT OR IGNORE INTO intent_files (file_id, intent_id) VALUES (?, ?)';
    for (const fileId of fileIds) this.#sql.run(sql, fileId, intentId);
  }
}
