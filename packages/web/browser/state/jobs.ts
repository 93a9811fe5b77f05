import type { JobView } from '@clipscribe/contracts';
import { signal, type Signal } from '@preact/signals';
import { announce } from './announce.ts';
import { ask } from './api.ts';
import { isOver, nameOf, stateNames } from './words.ts';

const known = new Map<string, Signal<JobView>>();

/** Jobs that are being deleted are not shown, until it is undone. */
export const hidden = signal<ReadonlySet<string>>(new Set());

/** Jobs that were known and are deleted. */
export const gone = signal<ReadonlySet<string>>(new Set());

/** A job that was loaded; each has a signal of its own, so that news of one renders one row. */
export function jobSignal(id: string): Signal<JobView> | undefined {
  return known.get(id);
}

/** Takes over what the gateway says of a job. */
export function learn(job: JobView): void {
  const before = known.get(job.id);
  if (before === undefined) {
    known.set(job.id, signal(job));
    return;
  }
  if (isOver(job) && !isOver(before.value)) announce(`${nameOf(job)}: ${stateNames[job.state]}.`);
  before.value = job;
}

export function forgetJob(id: string): void {
  if (known.delete(id)) gone.value = new Set([...gone.value, id]);
}

export async function loadJob(id: string): Promise<Signal<JobView>> {
  const job = await ask<JobView>(`/jobs/${id}`);
  learn(job);
  return known.get(id) ?? signal(job);
}
