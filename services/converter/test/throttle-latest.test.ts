import { describe, expect, it } from '@jest/globals';
import { throttleLatest } from '../src/throttle-latest.ts';

describe('throttleLatest', () => {
  it('passes on one value at a time, and drops those that come meanwhile', async () => {
    const passed: number[] = [];
    const gates: (() => void)[] = [];
    const { offer, stop } = throttleLatest(0, (value: number) => {
      passed.push(value);
      return new Promise((resolve) => gates.push(resolve));
    });
    for (const value of [1, 2, 3]) offer(value);
    expect(passed).toEqual([1]);
    gates[0]?.();
    await new Promise(setImmediate);
    for (const value of [4, 5]) offer(value);
    expect(passed).toEqual([1, 4]);
    gates[1]?.();
    await stop();
  });

  it('passes nothing on within the interval, the first one included', async () => {
    const passed: number[] = [];
    const { offer, stop } = throttleLatest(3_600_000, (value: number) =>
      Promise.resolve(void passed.push(value)),
    );
    for (const value of [1, 2, 3]) offer(value);
    await stop();
    expect(passed).toEqual([]);
  });

  it('goes on after a value that could not be passed on', async () => {
    let calls = 0;
    const { offer, stop } = throttleLatest(0, () => {
      calls += 1;
      return Promise.reject(new Error('the database is down'));
    });
    offer(1);
    await new Promise(setImmediate);
    offer(2);
    await stop();
    expect(calls).toBe(2);
  });

  it('waits at the end for the value under way, and takes no more', async () => {
    const passed: number[] = [];
    const { offer, stop } = throttleLatest(0, async (value: number) => {
      await new Promise(setImmediate);
      passed.push(value);
    });
    offer(1);
    await stop();
    expect(passed).toEqual([1]);
    offer(2);
    await new Promise(setImmediate);
    expect(passed).toEqual([1]);
  });
});
