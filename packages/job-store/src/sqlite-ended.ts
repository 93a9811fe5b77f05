import type { SqliteStatements } from '@clipscribe/runtime';
import type { Expiring } from './job-store.ts';

/** The condition as the index has it, so that the index is used. */
const conditions: Readonly<Record<Expiring, string>> = {
  source: 'has_source = 1',
  results: 'has_results = 1',
  job: 'ended_at IS NOT NULL',
};

/** See `JobStore.endedSince`; of runs that ended at `before` (ms since the epoch) or earlier. */
export function endedSince(sql: SqliteStatements, having: Expiring, before: number, limit: number): string[] {
  const ended = `SELECT id FROM jobs WHERE ${conditions[having]} AND due_at IS NULL AND ended_at <= ?
    ORDER BY ended_at LIMIT ?`;
  return sql.rows(ended, before, limit).map((row) => String(row['id']));
}
