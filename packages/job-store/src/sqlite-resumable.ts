import { filesOfUpload, type ResumableUpload } from '@clipscribe/contracts';
import type { SqliteRow, SqliteStatements } from '@clipscribe/runtime';
import { uploadDueAt } from './upload-due.ts';

/** Resumable uploads: intents that have a document. Their files are protected like those of the others. */
export class SqliteResumable {
  readonly #sql: SqliteStatements;

  constructor(sql: SqliteStatements) {
    this.#sql = sql;
  }

  open(upload: ResumableUpload, now: number): void {
    const { id, ownerId, length } = upload;
    const sql =
      'INSERT INTO intents (id, owner_id, touched_at, version, due_at, length, doc) VALUES (?, ?, ?, 1, ?, ?, ?)';
    this.#sql.inTransaction(() => {
      this.#sql.run(sql, id, ownerId, now, uploadDueAt(upload), length, docOf(upload, 1));
      this.#syncFiles(upload);
    });
  }

  find(id: string): ResumableUpload | null {
    const row = this.#sql.row('SELECT doc FROM intents WHERE id = ? AND doc IS NOT NULL', id);
    return row === undefined ? null : parse(row);
  }

  replace(upload: ResumableUpload, expectedVersion: number, now: number): boolean {
    const sql =
      'UPDATE intents SET touched_at = ?, version = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?';
    const version = expectedVersion + 1;
    return this.#sql.inTransaction(() => {
      const values = [now, version, uploadDueAt(upload), docOf(upload, version)] as const;
      if (this.#sql.run(sql, ...values, upload.id, expectedVersion) !== 1) return false;
      this.#syncFiles(upload);
      return true;
    });
  }

  due(now: number, limit: number): string[] {
    const sql = 'SELECT id FROM intents WHERE due_at <= ? ORDER BY due_at LIMIT ?';
    return this.#sql.rows(sql, now, limit).map((row) => String(row['id']));
  }

  /** Makes the locks of an earlier process overdue. */
  lapseLocks(): void {
    const locked = `SELECT doc FROM intents WHERE doc LIKE '%"lock":{%'`;
    const update = 'UPDATE intents SET version = version + 1, doc = ? WHERE id = ?';
    for (const upload of this.#sql.rows(locked).map(parse)) {
      delete upload.lock;
      this.#sql.run(update, docOf(upload, upload.version + 1), upload.id);
    }
  }

  #syncFiles(upload: ResumableUpload): void {
    const wanted = new Set(filesOfUpload(upload));
    const rows = this.#sql.rows('SELECT file_id FROM intent_files WHERE intent_id = ?', upload.id);
    const known = new Set(rows.map((row) => String(row['file_id'])));
    for (const fileId of wanted) {
      if (known.has(fileId)) continue;
      this.#sql.run('INSERT INTO intent_files (file_id, intent_id) VALUES (?, ?)', fileId, upload.id);
    }
    for (const fileId of known) {
      if (!wanted.has(fileId)) this.#sql.run('DELETE FROM intent_files WHERE file_id = ?', fileId);
    }
  }
}

function docOf(upload: ResumableUpload, version: number): string {
  return JSON.stringify({ ...upload, version });
}

function parse(row: SqliteRow): ResumableUpload {
  // Only this class writes the column, always from a ResumableUpload.
  return JSON.parse(String(row['doc'])) as ResumableUpload;
}
