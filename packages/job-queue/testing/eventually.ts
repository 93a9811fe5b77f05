import { setImmediate as nextTurn } from 'node:timers/promises';

/** Resolves when `check` holds, for what a queue does without telling anybody; the test's time limit is the end. */
export async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await nextTurn();
}
