import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { UnavailableError } from '@clipscribe/runtime';
import {
  audioProgress,
  cancel,
  claimVideo,
  HeldLease,
  jobSlot,
  LEASE_CHECK_MS,
  LEASE_MS,
  RENEW_MS,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyJobs } from './faulty-ports.ts';

let bench: Bench;
let lease: HeldLease | undefined;

beforeEach(async () => {
  bench = await Bench.open();
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
    ],
  });
});
afterEach(async () => {
  lease?.release();
  jest.useRealTimers();
  await bench.close();
});

async function hold(ports = bench.ports): Promise<{ id: string; lease: HeldLease }> {
  const { id } = await bench.accept();
  await bench.apply(id, claimVideo('mine'));
  lease = new HeldLease(ports, id, jobSlot, 'mine');
  return { id, lease };
}

/** Lets time pass for the process and the database alike, and everything happen that it brings. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += LEASE_CHECK_MS) {
    bench.advance(LEASE_CHECK_MS);
    jest.advanceTimersByTime(LEASE_CHECK_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('HeldLease', () => {
  it('is renewed for as long as it is held', async () => {
    const { id, lease } = await hold();
    for (let n = 0; n < 10; n += 1) {
      await pass(LEASE_MS - LEASE_CHECK_MS);
      const stored = (await bench.job(id)).lease;
      expect(stored?.token).toBe('mine');
      expect(stored?.expiresAt).toBeGreaterThanOrEqual(
        bench.clock.now + LEASE_MS - RENEW_MS - LEASE_CHECK_MS,
      );
    }
    expect(lease.signal.aborted).toBe(false);
    expect(await bench.refuses(id, claimVideo('other'))).toBe(true);
  });

  it('is renewed by every update, and not more often than needed', async () => {
    const { id, lease } = await hold();
    const { version } = await bench.job(id);
    for (let n = 0; n < 5; n += 1) {
      await pass(RENEW_MS / 2);
      await lease.update(audioProgress(n / 10));
    }
    const job = await bench.job(id);
    expect(job.version).toBe(version + 5);
    expect(job.lease?.expiresAt).toBe(bench.clock.now + LEASE_MS);
  });

  it('tells within seconds that the job was cancelled', async () => {
    const { id, lease } = await hold();
    const aborted = once(lease.signal, 'abort');
    await bench.apply(id, cancel);
    await pass(LEASE_CHECK_MS);
    await aborted;
    expect(lease.reason).toBe('lost');
    expect(await lease.update(audioProgress(0.5))).toBeNull();
    expect(await bench.job(id)).toMatchObject({ state: 'cancelled' });
  });

  it('tells that somebody else took over', async () => {
    const { id, lease } = await hold();
    bench.advance(LEASE_MS);
    await bench.apply(id, claimVideo('other'));
    await pass(LEASE_CHECK_MS);
    expect(lease.reason).toBe('lost');
    expect(await bench.job(id)).toMatchObject({ lease: { token: 'other' } });
  });

  it('tells that the job is gone', async () => {
    const { id, lease } = await hold();
    await bench.jobs.remove(id, (await bench.job(id)).version);
    await pass(LEASE_CHECK_MS);
    expect(lease.reason).toBe('lost');
  });

  it('outlives a short outage of the database, but not one as long as the lease', async () => {
    let down = true;
    const check = (): void => {
      if (down) throw new UnavailableError('job store');
    };
    const jobs = faultyJobs(bench.jobs, {
      get: async (id) => {
        check();
        return bench.jobs.get(id);
      },
    });
    const { lease } = await hold({ ...bench.ports, jobs });
    await pass(LEASE_MS - 2 * LEASE_CHECK_MS);
    expect(lease.signal.aborted).toBe(false);
    down = false;
    await pass(LEASE_MS);
    expect(lease.signal.aborted).toBe(false);
    expect(lease.unsure).toBe(false);
    down = true;
    await pass(LEASE_MS);
    expect(lease.reason).toBe('lost');
  });

  it('is not renewed any more after its release', async () => {
    const { id, lease } = await hold();
    lease.release();
    await pass(LEASE_MS);
    expect(await bench.apply(id, claimVideo('other'))).toMatchObject({ attempts: 1 });
  });

  it('keeps the first reason of its end', async () => {
    const { lease } = await hold();
    expect(lease.reason).toBeUndefined();
    lease.end('stopping');
    lease.end('lost');
    expect(lease.reason).toBe('stopping');
  });
});
