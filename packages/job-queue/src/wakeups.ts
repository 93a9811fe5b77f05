/**
 * Who waits for messages in this process, by database and queue. It belongs to the process because several
 * services in it may each have opened the same file: what one publishes, the others need not poll for.
 */
const waiting = new Map<string, Set<() => void>>();

/** Calls `wake` after every `wakeAll` of the same key, until the returned function is called. */
export function onWakeup(key: string, wake: () => void): () => void {
  const listeners = waiting.get(key) ?? new Set();
  waiting.set(key, listeners.add(wake));
  return () => {
    listeners.delete(wake);
    if (listeners.size === 0 && waiting.get(key) === listeners) waiting.delete(key);
  };
}

export function wakeAll(key: string): void {
  for (const wake of waiting.get(key) ?? []) wake();
}
