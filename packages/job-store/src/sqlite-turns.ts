import type { SqliteStatements } from '@clipscribe/runtime';
import type { Turn, TurnStep } from './job-store.ts';

/** Where a row says since when it waits for the step. */
const columns: Readonly<Record<TurnStep, string>> = { video: 'video_from', transcribe: 'chunk_from' };

/** See `JobStore.takeTurn`. Takes as many steps through an index as owners wait, however many jobs they have. */
export function takeTurn(sql: SqliteStatements, step: TurnStep, now: number): Turn | null {
  const from = columns[step];
  // Mostly asked when nothing waits; then nothing has to be locked.
  if (sql.row(`SELECT 1 FROM jobs WHERE ${from} IS NOT NULL LIMIT 1`) === undefined) return null;
  return sql.inTransaction(() => {
    const next = sql.row(nextOwner(from), step);
    if (next === undefined) return null;
    const ownerId = String(next['id']);
    sql.run(
      `INSERT INTO turns (step, owner_id, served_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET served_at = excluded.served_at`,
      ...[step, ownerId, Math.max(now, Number(next['served_last']) + 1)],
    );
    const job = sql.row(firstJob(from), ownerId);
    return { ownerId, jobId: String(job?.['id']) };
  });
}

/** Goes from one waiting owner to the next; ties, as between those who were never served, go to who waits longest. */
function nextOwner(from: string): string {
  const owner = `SELECT min(owner_id) FROM jobs WHERE ${from} IS NOT NULL`;
  const waitsSince = `(SELECT min(${from}) FROM jobs WHERE owner_id = waiting.id AND ${from} IS NOT NULL)`;
  return `WITH RECURSIVE waiting (id) AS (
            ${owner}
            UNION ALL
            SELECT (${owner} AND owner_id > waiting.id) FROM waiting WHERE waiting.id IS NOT NULL
          )
          SELECT waiting.id, coalesce(turns.served_at, 0) AS served,
                 max(coalesce(turns.served_at, 0)) OVER () AS served_last
          FROM waiting LEFT JOIN turns ON turns.step = ? AND turns.owner_id = waiting.id
          WHERE waiting.id IS NOT NULL
          ORDER BY served, ${waitsSince} LIMIT 1`;
}

function firstJob(from: string): string {
  return `SELECT id FROM jobs WHERE owner_id = ? AND ${from} IS NOT NULL ORDER BY ${from}, id LIMIT 1`;
}
