import type { JobView } from '@clipscribe/contracts';
import { ask, call, Refusal, wordsFor } from './api.ts';
import { forget, hidden, learn } from './jobs.ts';
import { say, unsay } from './toasts.ts';

/** So long a deletion can be undone. */
export const UNDO_MS = 7000;

const pending = new Map<string, { timer: ReturnType<typeof setTimeout>; toast: number }>();

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
export function deleteLater({ id, source }: JobView): void {
  if (pending.has(id)) return;
  hidden.value = new Set([...hidden.value, id]);
  const undo = {
    label: 'Undo',
    run: () => {
      undoDelete(id);
    },
  };
  const toast = say(`“${source.name}” is deleted.`, { action: undo, forMs: UNDO_MS });
  const timer = setTimeout(() => void deleteNow(id), UNDO_MS);
  pending.set(id, { timer, toast });
}

function undoDelete(id: string): void {
  const waiting = pending.get(id);
  if (waiting === undefined) return;
  clearTimeout(waiting.timer);
  unsay(waiting.toast);
  pending.delete(id);
  show(id);
}

async function deleteNow(id: string, keepalive = false): Promise<void> {
  const waiting = pending.get(id);
  if (waiting === undefined) return;
  clearTimeout(waiting.timer);
  pending.delete(id);
  try {
    await call(`/jobs/${id}`, { method: 'DELETE', keepalive });
    forget(id);
  } catch (error) {
    const isGone = error instanceof Refusal && error.status === 404;
    if (isGone) forget(id);
    else say(wordsFor(error), { isError: true });
  }
  show(id);
}

function show(id: string): void {
  hidden.value = new Set([...hidden.value].filter((one) => one !== id));
}

// Who closes the page has not undone anything.
addEventListener('pagehide', () => {
  for (const id of pending.keys()) void deleteNow(id, true);
});

/** Does something that a button is for; refusals are told. */
export async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(wordsFor(error), { isError: true });
  }
}
