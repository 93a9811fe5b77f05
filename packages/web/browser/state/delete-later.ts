import { call, Refusal, wordsFor } from './api.ts';
import { say, unsay } from './toasts.ts';

/** So long a deletion can be undone; longer while somebody is about to. */
const UNDO_MS = 7000;

export interface Deletion {
  /** What `DELETE` is asked for. */
  path: string;
  /** Told at once, with a button to undo it. */
  text: string;
  /** Takes it out of sight. */
  hide: () => void;
  /** It can be seen again: it was undone, or refused; after `forget` there is nothing left to see. */
  show: () => void;
  /** It is gone. */
  forget: () => void;
}

interface Pending {
  deletion: Deletion;
  toast: number;
}

const pending = new Map<string, Pending>();

/** Hides something, and deletes it when the person has not changed their mind. */
export function deleteLater(deletion: Deletion): void {
  const { path, text } = deletion;
  if (pending.has(path)) return;
  deletion.hide();
  const undo = {
    label: 'Undo',
    run: () => {
      take(path)?.show();
    },
  };
  const toast = say(text, { action: undo, forMs: UNDO_MS, onOver: () => void deleteNow(path) });
  pending.set(path, { deletion, toast });
}

/** It waits no longer. */
function take(path: string): Deletion | undefined {
  const waiting = pending.get(path);
  if (waiting === undefined) return undefined;
  unsay(waiting.toast);
  pending.delete(path);
  return waiting.deletion;
}

async function deleteNow(path: string, keepalive = false): Promise<void> {
  const deletion = take(path);
  if (deletion === undefined) return;
  try {
    await call(path, { method: 'DELETE', keepalive });
    deletion.forget();
  } catch (error) {
    const isGone = error instanceof Refusal && error.status === 404;
    if (isGone) deletion.forget();
    else say(wordsFor(error), { isError: true });
  }
  deletion.show();
}

// Who closes the page has not undone anything.
addEventListener('pagehide', () => {
  for (const path of pending.keys()) void deleteNow(path, true);
});
