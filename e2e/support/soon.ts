import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 10_000;

/** Waits for something that follows by itself. @throws when it does not come true within ten seconds */
export async function soon(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not come true');
    await delay(50);
  }
}
