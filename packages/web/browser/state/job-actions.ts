import type { JobView } from '@clipscribe/contracts';
import { ask, wordsFor } from './api.ts';
import { deleteLater as deletePathLater } from './delete-later.ts';
import { forget } from './job-lists.ts';
import { hidden, learn } from './jobs.ts';
import { say } from './toasts.ts';
import { nameOf } from './words.ts';

export async function retryJob(id: string): Promise<void> {
  await tell(async () => {
    learn(await ask<JobView>(`/jobs/${id}/retry`, { method: 'POST' }));
  });
}

export async function cancelJob(id: string): Promise<void> {
  await tell(async () => {
    learn(await ask<JobView>(`/jobs/${id}/cancel`, { method: 'POST' }));
  });
}

/** Hides the job, and deletes it when the person has not changed their mind. */
export function deleteLater(job: JobView): void {
  const { id } = job;
  deletePathLater({
    path: `/jobs/${id}`,
    text: `“${nameOf(job)}” is deleted.`,
    hide: () => {
      hidden.value = new Set([...hidden.value, id]);
    },
    show: () => {
      hidden.value = new Set([...hidden.value].filter((one) => one !== id));
    },
    forget: () => {
      forget(id);
    },
  });
}

/** Does something that a button is for; refusals are told. */
export async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(wordsFor(error), { isError: true });
  }
}
