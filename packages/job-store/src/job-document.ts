import type { Job } from '@clipscribe/contracts';
import type { SqliteRow } from '@clipscribe/runtime';

/** The job in a row's `doc`. */
export function parseDoc(row: SqliteRow): Job {
  // Only this adapter writes the column, always from a Job.
  return JSON.parse(String(row['doc'])) as Job;
}

/** Makes a job that is handed out more than once unchangeable, with everything in it. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}
