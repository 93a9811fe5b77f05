import { signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  isError: boolean;
  action?: { label: string; run: () => void };
}

export const toasts = signal<readonly Toast[]>([]);

const SHOWN_MS = 6000;
let last = 0;

/** Says something at the edge of the page for a while. Errors stay until they are closed. */
export function say(
  text: string,
  options: { action?: Toast['action']; isError?: boolean; forMs?: number } = {},
): number {
  last += 1;
  const { action, isError = false } = options;
  const id = last;
  const toast = { id, text, isError, ...(action === undefined ? {} : { action }) };
  toasts.value = [...toasts.value, toast].slice(-4);
  if (!isError) {
    setTimeout(() => {
      unsay(id);
    }, options.forMs ?? SHOWN_MS);
  }
  return id;
}

export function unsay(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
