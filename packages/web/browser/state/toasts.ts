import { signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  isError: boolean;
  action?: { label: string; run: () => void };
  /** Called when it has been there for its time, or is closed before. */
  onOver?: () => void;
}

export const toasts = signal<readonly Toast[]>([]);

/** The one that somebody points at; null for none. What holds the keyboard is told by the page itself. */
export const pointedAt: { id: number | null } = { id: null };

const SHOWN_MS = 6000;
/** So long one stays after it was left. */
const LEFT_MS = 2000;
let last = 0;
/** Of those whose time runs, shown or pushed out by newer ones. */
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Says something at the edge of the page for a while. Errors stay until they are closed. */
export function say(
  text: string,
  options: Pick<Partial<Toast>, 'action' | 'isError' | 'onOver'> & { forMs?: number } = {},
): number {
  last += 1;
  const { forMs = SHOWN_MS, isError = false, ...rest } = options;
  const id = last;
  const toast: Toast = { id, text, isError, ...rest };
  toasts.value = [...toasts.value, toast].slice(-4);
  if (!isError) endAfter(toast, forMs);
  return id;
}

/** Takes it away; what was to happen at its end does not. */
export function unsay(id: number): void {
  if (pointedAt.id === id) pointedAt.id = null;
  clearTimeout(timers.get(id));
  timers.delete(id);
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Its time is over. */
export function end({ id, onOver }: Toast): void {
  unsay(id);
  onOver?.();
}

/** Not while somebody points at it or has the keyboard in it: they are about to read or to use it. */
function endAfter(toast: Toast, ms: number): void {
  const timer = setTimeout(() => {
    const isUsed = pointedAt.id === toast.id || isFocusIn(`#toast-${toast.id}`);
    if (isUsed) endAfter(toast, LEFT_MS);
    else end(toast);
  }, ms);
  timers.set(toast.id, timer);
}

/** Whether the keyboard is in such an element. */
export function isFocusIn(selector: string): boolean {
  return (document.activeElement?.closest(selector) ?? null) !== null;
}
