import { signal } from '@preact/signals';

/** False while the gateway cannot be reached. */
export const isReachable = signal(true);

const RETRY_MS = 2000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Told by requests that got no answer at all; the gateway is then asked until it answers. */
export function lostConnection(): void {
  isReachable.value = false;
  timer ??= setTimeout(() => {
    timer = undefined;
    void tryAgain();
  }, RETRY_MS);
}

/** Told by requests that were answered, whatever the answer. */
export function hasConnection(): void {
  isReachable.value = true;
}

async function tryAgain(): Promise<void> {
  try {
    await fetch('/healthz', { cache: 'no-store', credentials: 'omit' });
    hasConnection();
  } catch {
    lostConnection();
  }
}

/** Hears from the browser when the network goes and comes. */
export function watchConnection(): void {
  addEventListener('offline', lostConnection);
  addEventListener('online', () => void tryAgain());
}

/** Resolves when the gateway can be reached. */
export function untilReachable(): Promise<void> {
  return new Promise((resolve) => {
    const stop = isReachable.subscribe((reachable) => {
      if (!reachable) return;
      resolve();
      queueMicrotask(() => {
        stop();
      });
    });
  });
}
