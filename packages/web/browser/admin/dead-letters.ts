import type { DeadLetterList, DeadLetterView } from '@clipscribe/contracts';
import { computed, signal } from '@preact/signals';
import { ask, call, Refusal, wordsFor } from '../state/api.ts';
import { deleteLater } from '../state/delete-later.ts';
import { say } from '../state/toasts.ts';

export type Queue = DeadLetterView['queue'];

/** What each queue is for, beside its name as the operator knows it. */
export const queueWords: Readonly<Record<Queue, string>> = {
  video: 'Conversion (video)',
  transcribe: 'Transcription (transcribe)',
  mp3: 'Mails (mp3)',
  webhook: 'Webhooks (webhook)',
};

/** As they were loaded, oldest first; undefined before that. */
const loaded = signal<readonly DeadLetterView[] | undefined>(undefined);

/** Those that are on their way out are not shown, until that is undone or refused. */
const hidden = signal<ReadonlySet<string>>(new Set());

export const deadLetters = computed(() => loaded.value?.filter(({ id }) => !hidden.value.has(id)));

/** Whether there are more than were loaded. */
export const hasMore = signal(false);

let asking = new AbortController();

/** Loads the oldest ones, of one queue or of all; what was asked for before no longer counts. @throws Refusal, Unreachable */
export async function loadDeadLetters(queue: Queue | ''): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const stop = asking.signal;
  try {
    const query = queue === '' ? '' : `?queue=${queue}`;
    const list = await ask<DeadLetterList>(`/admin/dead-letters${query}`, { signal: stop });
    if (stop.aborted) return;
    loaded.value = list.deadLetters;
    hasMore.value = list.more;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

/** Puts the message into its queue again. */
export async function replay(id: string): Promise<void> {
  hide(id);
  try {
    const was = await sendAgain(id);
    say(was === 'there' ? 'The message is handled again. If that fails, it comes back here.' : GONE);
  } catch (error) {
    say(wordsFor(error), { isError: true });
  }
  show(id);
}

/**
 * The same for all that are shown, one after the other: a broker looks through its messages for each.
 * @param onProgress is told how many there were so far
 * @throws Refusal, Unreachable with the first that cannot be replayed
 */
export async function replayAll(onProgress: (count: number) => void): Promise<void> {
  let count = 0;
  for (const { id } of deadLetters.value ?? []) {
    await sendAgain(id);
    onProgress((count += 1));
  }
}

/** Hides it, and discards it when the person has not changed their mind. */
export function discardLater(id: string): void {
  deleteLater({
    path: pathOf(id),
    text: 'The message is discarded.',
    hide: () => {
      hide(id);
    },
    show: () => {
      show(id);
    },
    forget: () => {
      forget(id);
    },
  });
}

const GONE = 'The message was not there any more.';

function pathOf(id: string): string {
  return `/admin/dead-letters/${encodeURIComponent(id)}`;
}

/** @returns whether it still was there; now it is not. @throws Refusal, Unreachable */
async function sendAgain(id: string): Promise<'there' | 'gone'> {
  let was: 'there' | 'gone' = 'there';
  try {
    await call(`${pathOf(id)}/replay`, { method: 'POST' });
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 404)) throw error;
    was = 'gone';
  }
  forget(id);
  return was;
}

function forget(id: string): void {
  loaded.value = loaded.value?.filter((letter) => letter.id !== id);
}

function hide(id: string): void {
  hidden.value = new Set([...hidden.value, id]);
}

function show(id: string): void {
  hidden.value = new Set([...hidden.value].filter((one) => one !== id));
}
