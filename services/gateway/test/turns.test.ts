import { describe, expect, it } from '@jest/globals';
import { Turns } from '../src/turns.ts';

describe('Turns', () => {
  it('runs one task at a time, in the order in which they came', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = turns.take(async () => {
      log.push('first begins');
      await gate.promise;
      log.push('first ends');
      return 1;
    });
    const second = turns.take(() => {
      log.push('second');
      return Promise.resolve(2);
    });
    gate.resolve(undefined);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(log).toEqual(['first begins', 'first ends', 'second']);
  });

  it('goes on after a task that failed, and tells only who gave it', async () => {
    const turns = new Turns();
    const failed = turns.take(() => Promise.reject(new Error('no')));
    const next = turns.take(() => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
