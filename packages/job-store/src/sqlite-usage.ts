import type { SqliteStatements } from '@clipscribe/runtime';
import { HOUR_MS, USAGE_WINDOW_MS, type OwnerUsage, type UsageOptions } from './owner-usage.ts';

/** See `JobStore.usage`. Each of the queries is answered from an index that begins with the owner. */
export function usageOf(
  sql: SqliteStatements,
  ownerId: string,
  { without = '', olderOnly = false }: UsageOptions,
  now: number,
): OwnerUsage {
  const jobs = sql.row(
    'SELECT total(stored_bytes) AS bytes, total(is_active) AS active FROM jobs WHERE owner_id = ?',
    ownerId,
  );
  const heard = sql.rows(
    `SELECT max(audio_at) AS until, total(audio_seconds) AS seconds FROM jobs
     WHERE owner_id = ? AND audio_at > ? GROUP BY audio_at / ${HOUR_MS} ORDER BY until`,
    ...[ownerId, now - USAGE_WINDOW_MS],
  );
  // Rows are numbered in the order in which they were put in.
  const older = olderOnly ? 'AND rowid < (SELECT rowid FROM intents WHERE id = ?)' : 'AND ? IS NOT NULL';
  const uploads = sql.row(
    `SELECT total(coalesce(length, reserved_bytes)) AS bytes, total(reserved_jobs) AS jobs FROM intents
     WHERE owner_id = ? AND id <> ? ${older}`,
    ...[ownerId, without, without],
  );
  return {
    now,
    storedBytes: Number(jobs?.['bytes']),
    activeJobs: Number(jobs?.['active']),
    heard: heard.map(({ until, seconds }) => ({ until: Number(until), seconds: Number(seconds) })),
    reserved: { bytes: Number(uploads?.['bytes']), jobs: Number(uploads?.['jobs']) },
  };
}
