import type { JobView } from '@clipscribe/contracts';
import { signal, type Signal } from '@preact/signals';
import { ask } from './api.ts';

/** Jobs asked for at a time. */
const PAGE = 50;

const known = new Map<string, Signal<JobView>>();

/** The ids of the list, newest first, as far as it was loaded. */
export const listed = signal<readonly string[]>([]);

/** Jobs that are being deleted are not shown, until it is undone. */
export const hidden = signal<ReadonlySet<string>>(new Set());

/** Where the next page begins; null when all are there, undefined before the first one. */
export const nextCursor = signal<string | null | undefined>(undefined);

let loading: Promise<void> | undefined;

/** A job that was loaded; each has a signal of its own, so that news of one renders one row. */
export function jobSignal(id: string): Signal<JobView> | undefined {
  return known.get(id);
}

/** Takes over what the gateway says of a job. */
export function learn(job: JobView): void {
  const before = known.get(job.id);
  if (before === undefined) known.set(job.id, signal(job));
  else before.value = job;
}

/** The same, and the job has its place in the list when it is newer than the last one there. */
export function learnListed(job: JobView): void {
  learn(job);
  const ids = listed.value;
  const last = ids.at(-1);
  if (ids.includes(job.id) || (last !== undefined && nextCursor.value !== null && job.id < last)) return;
  // Ids sort by the time of their making.
  listed.value = [...ids, job.id].sort((one, other) => (one < other ? 1 : -1));
}

export function forget(id: string): void {
  listed.value = listed.value.filter((one) => one !== id);
  known.delete(id);
}

export async function loadJob(id: string): Promise<Signal<JobView>> {
  const job = await ask<JobView>(`/jobs/${id}`);
  learn(job);
  return known.get(id) ?? signal(job);
}

interface JobPage {
  jobs: JobView[];
  nextCursor: string | null;
}

/** Loads the newest jobs anew; pages that were loaded before stay. @throws Refusal, Unreachable */
export async function loadNewest(): Promise<void> {
  const page = await ask<JobPage>(`/jobs?limit=${PAGE}`);
  const last = page.jobs.at(-1)?.id ?? '';
  const fresh = new Set(page.jobs.map(({ id }) => id));
  for (const job of page.jobs) learn(job);
  const older = listed.value.filter((id) => id < last && !fresh.has(id));
  listed.value = [...fresh, ...older];
  if (older.length === 0) nextCursor.value = page.nextCursor;
}

/** Loads the page behind the last one; does nothing when there is none, and joins one that is under way. */
export function loadMore(): Promise<void> {
  const cursor = nextCursor.value;
  if (cursor === null || cursor === undefined) return Promise.resolve();
  loading ??= ask<JobPage>(`/jobs?limit=${PAGE}&cursor=${cursor}`)
    .then((page) => {
      for (const job of page.jobs) learn(job);
      const ids = new Set(listed.value);
      listed.value = [...listed.value, ...page.jobs.map(({ id }) => id).filter((id) => !ids.has(id))];
      nextCursor.value = page.nextCursor;
    })
    .finally(() => {
      loading = undefined;
    });
  return loading;
}
