/** How often the position in a recording is written to its job, at most. */
export const PROGRESS_MS = 1000;

/** Passes on the newest of many values, one at a time and at most every `intervalMs`; values in between are dropped. */
export function throttleLatest<T>(
  intervalMs: number,
  pass: (value: T) => Promise<void>,
): { offer: (value: T) => void; stop: () => Promise<void> } {
  let passedAt = performance.now();
  let running: Promise<void> | undefined;
  let stopped = false;
  return {
    offer: (value) => {
      if (stopped || running !== undefined || performance.now() - passedAt < intervalMs) return;
      passedAt = performance.now();
      // A value that cannot be passed on is no reason to stop the work: the next one follows.
      running = pass(value)
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        });
    },
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
