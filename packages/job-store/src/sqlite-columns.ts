import type { SQLInputValue } from 'node:sqlite';
import type { Job } from '@clipscribe/contracts';
import { indexOf } from './job-index.ts';

/** The row of a job, column by column. */
export function columnsOf(job: Job): Record<string, SQLInputValue> {
  return {
    version: job.version,
    state: job.state,
    due_at: job.dueAt,
    idempotency_key: job.upload.idempotencyKey ?? null,
    ...indexColumnsOf(job),
    doc: JSON.stringify(job),
  };
}

/** Those that are derived from the job to search by. */
export function indexColumnsOf(job: Job): Record<string, SQLInputValue> {
  const index = indexOf(job);
  return {
    index_version: index.version,
    video_from: index.videoFrom,
    chunk_from: index.chunkFrom,
    is_active: Number(index.isActive),
    stored_bytes: index.storedBytes,
    audio_at: index.audioAt,
    audio_seconds: index.audioSeconds,
    ended_at: index.endedAt,
    has_source: Number(index.hasSource),
    has_results: Number(index.hasResults),
    search_text: index.searchText,
  };
}

/** `a = ?, b = ?` for these columns, in their order. */
export function assignments(columns: Record<string, SQLInputValue>): string {
  return Object.keys(columns)
    .map((name) => `${name} = ?`)
    .join(', ');
}
