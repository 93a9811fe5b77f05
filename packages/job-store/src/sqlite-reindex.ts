import type { SqliteStatements } from '@clipscribe/runtime';
import { parseDoc } from './job-document.ts';
import { INDEX_VERSION } from './job-index.ts';
import { assignments, indexColumnsOf } from './sqlite-columns.ts';

const BATCH = 500;

/** Derives what jobs are searched by where an older release has written it. */
export function reindex(sql: SqliteStatements): void {
  const older = 'SELECT doc FROM jobs WHERE index_version < ? LIMIT ?';
  const next = (): number =>
    sql.inTransaction(() => {
      const jobs = sql.rows(older, INDEX_VERSION, BATCH).map(parseDoc);
      for (const job of jobs) {
        const columns = indexColumnsOf(job);
        sql.run(`UPDATE jobs SET ${assignments(columns)} WHERE id = ?`, ...Object.values(columns), job.id);
      }
      return jobs.length;
    });
  while (next() === BATCH);
}
