import type { Client } from '../../e2e/support/client.ts';
import type { Ending, Ledger, Promised } from '../../e2e/support/promises/ledger.ts';
import type { Book, TrackedJob } from '../load/book.ts';
import type { Medium } from '../load/media.ts';

/** What the book says of all jobs, in the form that the checker of promises takes. */
export function ledgerOf(book: Book, calm: ReadonlyMap<string, Medium>, calmClient: Client): Ledger {
  const ledger = new Map<string, Promised>();
  for (const [id, medium] of calm)
    ledger.set(id, { client: calmClient, ends: [medium.state], ...contentOf(medium) });
  for (const job of book.jobs.values()) {
    const { medium, owner } = job.upload;
    ledger.set(job.id, { client: owner.client, ends: endingsOf(job), ...contentOf(medium) });
  }
  return ledger;
}

function contentOf({ codes, seconds }: Medium): Pick<Promised, 'codes' | 'seconds'> {
  return { ...(codes.length === 0 ? {} : { codes }), ...(seconds === undefined ? {} : { seconds }) };
}

/** How a job may end, after all that its owner has asked for. */
export function endingsOf(job: TrackedJob): Ending[] {
  const { upload, reruns, isCancelled, wasCancelUnclear, gone } = job;
  if (gone === 'yes') return ['deleted'];
  const perhapsDeleted: Ending[] = gone === 'perhaps' ? ['deleted'] : [];
  const mustBeCancelled = isCancelled && reruns.unclear === 0;
  const mayBeCancelled = isCancelled || wasCancelUnclear;
  if (mustBeCancelled) return ['cancelled', ...perhapsDeleted];
  return [upload.medium.state, ...(mayBeCancelled ? (['cancelled'] as const) : []), ...perhapsDeleted];
}

/** The runs that a job may be in: one for its upload, one for each rerun that was asked for. */
export function runsOf({ reruns: { certain, unclear } }: TrackedJob): { least: number; most: number } {
  return { least: 1 + certain, most: 1 + certain + unclear };
}
