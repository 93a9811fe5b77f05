import type { Job, Lease } from '@clipscribe/contracts';
import type { SqliteStatements } from '@clipscribe/runtime';
import { parseDoc } from './job-document.ts';
import { SqliteResumable } from './sqlite-resumable.ts';

/** Makes every lease and intent of an earlier process overdue, so that its work goes on without waiting. */
export function lapseLeases(sql: SqliteStatements): void {
  sql.inTransaction(() => {
    sql.run('UPDATE intents SET touched_at = 0 WHERE doc IS NULL');
    new SqliteResumable(sql).lapseLocks();
    const leased = `SELECT doc FROM jobs WHERE due_at IS NOT NULL AND doc LIKE '%"lease":{%'`;
    const update = 'UPDATE jobs SET version = version + 1, due_at = 0, doc = ? WHERE id = ?';
    for (const job of sql.rows(leased).map(parseDoc)) sql.run(update, JSON.stringify(lapsed(job)), job.id);
  });
}

function lapsed(job: Job): Job {
  const { webhooks } = job;
  return {
    ...withLapsed(job),
    ...(webhooks && { webhooks: { ...webhooks, deliveries: webhooks.deliveries.map(withLapsed) } }),
    version: job.version + 1,
    dueAt: 0,
    chunks: job.chunks.map(withLapsed),
  };
}

function withLapsed<T extends { lease?: Lease }>(holder: T): T {
  return holder.lease === undefined ? holder : { ...holder, lease: { ...holder.lease, expiresAt: 0 } };
}
