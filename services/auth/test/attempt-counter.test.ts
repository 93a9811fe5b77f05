import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@clipscribe/runtime';
import { SqliteUserStore, type UserStore } from '@clipscribe/user-store';
import { AttemptCounter } from '../src/attempt-counter.ts';

const limit = { most: 3, windowMs: 1000 };

describe('AttemptCounter', () => {
  let store: UserStore;
  let now: number;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attempts-'));
    store = SqliteUserStore.open(join(folder, 'users.db'));
    now = 1_700_000_000_000;
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const counterOn = (on: Pick<UserStore, 'attempts' | 'replaceAttempts'> = store): AttemptCounter =>
    new AttemptCounter(on, () => now);

  async function allowed(counter: AttemptCounter, attempts: number): Promise<boolean[]> {
    const taken = await Promise.all(Array.from({ length: attempts }, () => counter.take('key', limit)));
    return taken.map(({ isAllowed }) => isAllowed);
  }

  it('allows so many, also at the same time, and says when the next is free', async () => {
    const counter = counterOn();
    expect(await allowed(counter, 5)).toEqual([true, true, true, false, false]);
    now += 999;
    expect(await counter.take('key', limit)).toEqual({
      isAllowed: false,
      freeAt: 1_700_000_001_000,
      isNew: false,
    });
    now += 1;
    expect(await allowed(counter, 1)).toEqual([true]);
  });

  it('lets the window slide: what was early is free early', async () => {
    const counter = counterOn();
    for (const step of [0, 400, 400]) {
      now += step;
      expect(await allowed(counter, 1)).toEqual([true]);
    }
    expect(await allowed(counter, 1)).toEqual([false]);
    now += 200;
    expect(await allowed(counter, 2)).toEqual([true, false]);
    now += 400;
    expect(await allowed(counter, 2)).toEqual([true, false]);
  });

  it('counts each key by itself', async () => {
    const counter = counterOn();
    await allowed(counter, 4);
    expect(await counter.take('other', limit)).toMatchObject({ isAllowed: true });
  });

  it('counts together with other replicas', async () => {
    const counters = [counterOn(), counterOn(), counterOn()];
    const results = await Promise.all(counters.map((counter) => allowed(counter, 3)));
    expect(results.flat().filter(Boolean)).toHaveLength(3);
  });

  it('allows one more for each that is given back, also twice in the same millisecond', async () => {
    const counter = counterOn();
    expect(await allowed(counter, 2)).toEqual([true, true]);
    await counter.giveBack('key', now, limit);
    expect(await allowed(counter, 3)).toEqual([true, true, false]);
    await counter.giveBack('another', now, limit);
    expect(await store.attempts('another')).toEqual([]);
  });

  it('forgets them all', async () => {
    const counter = counterOn();
    await allowed(counter, 2);
    await counter.forget('key', limit);
    expect(await store.attempts('key')).toEqual([]);
    expect(await allowed(counter, 4)).toEqual([true, true, true, false]);
  });

  it('asks the store no more while it knows that the answer is no', async () => {
    let asked = 0;
    const counter = counterOn({
      attempts: (key) => {
        asked += 1;
        return store.attempts(key);
      },
      replaceAttempts: (...change) => store.replaceAttempts(...change),
    });
    await allowed(counter, 4);
    const askedBefore = asked;
    await allowed(counter, 100);
    expect(asked).toBe(askedBefore);
  });

  it('writes nothing when the answer is no', async () => {
    await allowed(counterOn(), 3);
    let writes = 0;
    const counter = counterOn({
      attempts: (key) => store.attempts(key),
      replaceAttempts: (...change) => {
        writes += 1;
        return store.replaceAttempts(...change);
      },
    });
    expect(await allowed(counter, 1)).toEqual([false]);
    expect(writes).toBe(0);
  });

  it('tries again when somebody else was quicker, and not for ever', async () => {
    let lost = 0;
    const racing = (times: number) => ({
      attempts: (key: string) => store.attempts(key),
      replaceAttempts: (...change: Parameters<UserStore['replaceAttempts']>) => {
        lost += 1;
        return lost <= times ? Promise.resolve(false) : store.replaceAttempts(...change);
      },
    });
    expect(await allowed(counterOn(racing(3)), 1)).toEqual([true]);
    lost = 0;
    await expect(counterOn(racing(10_000)).take('key', limit)).rejects.toThrow(UnavailableError);
  });

  it('fails when the store is away', async () => {
    await store.close();
    await expect(counterOn().take('key', limit)).rejects.toThrow(UnavailableError);
  });
});
