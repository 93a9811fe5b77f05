import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 10_000;

/** Waits for something that follows by itself. @throws when it does not come true within ten seconds, or `limitMs` */
export async function soon(condition: () => Promise<boolean>, limitMs: number = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not come true');
    await delay(50);
  }
}
