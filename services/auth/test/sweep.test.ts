import { describe, expect, it } from '@jest/globals';
import { silentLog, UnavailableError } from '@clipscribe/runtime';
import { startSweep, sweep } from '../src/sweep.ts';

const HOUR_MS = 3_600_000;
const clock = (): number => 10 * HOUR_MS;

describe('the sweep of the user store', () => {
  it('keeps a revocation for an hour longer than its token lives, and attempts as long as they count', async () => {
    const asked: number[] = [];
    const users = {
      dropExpiredRevocations: (now: number) => Promise.resolve(asked.push(now)),
      dropOldAttempts: (now: number) => Promise.resolve(asked.push(now)),
    };
    await sweep({ users, clock, log: silentLog });
    expect(asked).toEqual([9 * HOUR_MS, 10 * HOUR_MS]);
  });

  it('goes on after a failure, and ends when it is told', async () => {
    let rounds = 0;
    const stop = await new Promise<() => Promise<void>>((resolve) => {
      const users = {
        dropExpiredRevocations: () => {
          rounds += 1;
          if (rounds === 3) resolve(end);
          return Promise.reject(new UnavailableError('user store'));
        },
        dropOldAttempts: () => Promise.resolve(0),
      };
      const end = startSweep({ users, clock, log: silentLog }, 1);
    });
    await stop();
    const seen = rounds;
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(seen);
  });
});
