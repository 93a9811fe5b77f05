import { describe, expect, it } from '@jest/globals';
import { silentLog, UnavailableError } from '@clipscribe/runtime';
import { startRevocationSweep, sweepRevocations } from '../src/revocation-sweep.ts';

const HOUR_MS = 3_600_000;
const clock = (): number => 10 * HOUR_MS;

describe('the sweep of revocations', () => {
  it('keeps a revocation for an hour longer than its token lives', async () => {
    const asked: number[] = [];
    const users = { dropExpiredRevocations: (now: number) => Promise.resolve(asked.push(now)) };
    await sweepRevocations({ users, clock, log: silentLog });
    expect(asked).toEqual([9 * HOUR_MS]);
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
      };
      const end = startRevocationSweep({ users, clock, log: silentLog }, 1);
    });
    await stop();
    const seen = rounds;
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(seen);
  });
});
