import { describe, expect, it } from '@jest/globals';
import { Turns } from '../src/turns.ts';

describe('Turns', () => {
  it('lets those with the same key in one after the other, and others meanwhile', async () => {
    const turns = new Turns();
    const gate = Promise.withResolvers<undefined>();
    const seen: string[] = [];
    const first = turns.take('a', async () => {
      seen.push('first begins');
      await gate.promise;
      seen.push('first ends');
    });
    const second = turns.take('a', () => {
      seen.push('second');
      return Promise.resolve(2);
    });
    await turns.take('b', () => Promise.resolve(seen.push('other')));
    gate.resolve(undefined);
    expect(await second).toBe(2);
    await first;
    expect(seen).toEqual(['first begins', 'other', 'first ends', 'second']);
  });

  it('goes on after a failure', async () => {
    const turns = new Turns();
    const failing = turns.take('a', () => Promise.reject(new Error('no luck')));
    const next = turns.take('a', () => Promise.resolve('luck'));
    await expect(failing).rejects.toThrow('no luck');
    expect(await next).toBe('luck');
  });
});
