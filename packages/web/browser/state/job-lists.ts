import { isCalled, type JobView } from '@clipscribe/contracts';
import { computed, signal } from '@preact/signals';
import { wordsFor } from './api.ts';
import { JobPages } from './job-pages.ts';
import { forgetJob, learn } from './jobs.ts';
import { say } from './toasts.ts';

export const allJobs = new JobPages();

/** What is shown: all jobs, or those of the search once they are there. */
export const shown = signal(allJobs);

/** What was asked for last. */
export const wanted = signal(allJobs);

/** True while what was asked for last is not there yet. */
export const isSearching = computed(() => shown.value !== wanted.value);

/** Why the jobs could not be loaded; empty when they were, and while they are. */
export const listFailure = signal('');

/** Shows the jobs whose names contain the text, or all for an empty one; of several searches the last one counts. */
export async function searchJobs(text: string): Promise<void> {
  // Control characters, which come by pasting, are in no name, and refused by the gateway.
  const search = text.replace(/\p{Cc}+/gu, ' ').trim();
  if (search === shown.value.search && !isSearching.value) return;
  wanted.value = search === '' ? allJobs : new JobPages(search);
  try {
    await showWanted();
  } catch (error) {
    const run = (): void => void searchJobs(search);
    if (wanted.value.search === search)
      say(wordsFor(error), { isError: true, action: { label: 'Try again', run } });
  }
}

/** Loads anew what is there of all jobs and of the search. @throws Refusal, Unreachable */
export async function reloadJobs(): Promise<void> {
  await allJobs.reload();
  listFailure.value = '';
  // A search that is refused must not keep the list of all from being followed.
  await showWanted().catch(() => undefined);
}

/** Takes over what the gateway says of a job, which has its place in the lists that it belongs to. */
export function learnListed(job: JobView): void {
  learn(job);
  for (const pages of lists()) if (pages.search === '' || isCalled(job, pages.search)) pages.insert(job.id);
}

export function forget(id: string): void {
  for (const pages of lists()) pages.remove(id);
  forgetJob(id);
}

const lists = (): ReadonlySet<JobPages> => new Set([allJobs, shown.value, wanted.value]);

async function showWanted(): Promise<void> {
  const pages = wanted.value;
  if (pages !== allJobs) await pages.reload();
  if (pages === wanted.value) shown.value = pages;
}
