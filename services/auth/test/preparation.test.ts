import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog, UnavailableError } from '@clipscribe/runtime';
import { Preparation } from '../src/preparation.ts';

describe('Preparation', () => {
  /** What each attempt throws; null for success. The last one is repeated. */
  let outcomes: (Error | null)[];
  let attempts: number;
  let lines: string[];
  let preparation: Preparation;

  beforeEach(() => {
    outcomes = [null];
    attempts = 0;
    lines = [];
    const log = createLog('auth', { destination: { write: (line: string) => lines.push(line) } });
    preparation = new Preparation(async () => {
      const outcome = outcomes[Math.min(attempts, outcomes.length - 1)] ?? null;
      attempts += 1;
      if (outcome !== null) throw outcome;
      return Promise.resolve();
    }, log);
  });
  afterEach(() => preparation.stop());

  const away = (): Error => {
    const cause = Object.assign(new Error('Access denied'), { code: 'ER_ACCESS_DENIED_ERROR' });
    return new UnavailableError('user store', { cause });
  };

  /** Readiness as a caller polls it. */
  async function done(): Promise<void> {
    for (;;) {
      try {
        await preparation.check();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  it('is done when start resolves, if it can be', async () => {
    await expect(preparation.check()).rejects.toThrow();
    await preparation.start();
    await expect(preparation.check()).resolves.toBeUndefined();
    expect(attempts).toBe(1);
    expect(lines).toEqual([]);
  });

  it('goes on until it is done, saying what is wrong', async () => {
    outcomes = [away(), new Error('odd'), null];
    await preparation.start();
    await expect(preparation.check()).rejects.toThrow();
    await done();
    expect(attempts).toBe(3);
    const logged = lines.map((line): unknown => JSON.parse(line));
    expect(logged).toMatchObject([
      {
        level: 'warn',
        code: 'ER_ACCESS_DENIED_ERROR',
        reason: 'Access denied',
      },
      { level: 'warn', reason: 'odd' },
      { level: 'info' },
    ]);
  });

  it('says the same once, however often it happens', async () => {
    outcomes = [away(), away(), away(), null];
    await preparation.start();
    await done();
    expect(attempts).toBe(4);
    const levels = lines.map((line) => (JSON.parse(line) as { level: string }).level); // lines of our own log
    expect(levels).toEqual(['warn', 'info']);
  });

  it('fails at once for what does not go away', async () => {
    outcomes = [new TypeError('a mistake')];
    await expect(preparation.start()).rejects.toThrow('a mistake');
    expect(attempts).toBe(1);
  });

  it('stops trying when it is told to', async () => {
    outcomes = [away()];
    await preparation.start();
    await preparation.stop();
    const before = attempts;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(attempts).toBe(before);
    await expect(preparation.check()).rejects.toThrow();
  });
});
