import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@clipscribe/runtime';
import { actOnEach } from '../src/each-id.ts';
import { textOutput } from './harness.ts';

describe('actOnEach', () => {
  it('tells what was done and refused before a backing service failed, and why it did', async () => {
    const { printed, out } = textOutput();
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:5672');
    const acted: string[] = [];
    const ended = actOnEach(['a', 'b', 'c', 'd'], {
      verb: 'replayed',
      out,
      act: (id) => {
        acted.push(id);
        if (id === 'a') return Promise.resolve({ done: '' });
        if (id === 'b') return Promise.resolve({ refused: 'no' });
        return Promise.reject(new UnavailableError('job queue', { cause }));
      },
    });
    await expect(ended).rejects.toMatchObject({
      name: 'CommandFailed',
      message: 'b: no\nthe job queue is not available: connect ECONNREFUSED 127.0.0.1:5672',
    });
    expect(printed.stdout).toBe('replayed a\n');
    expect(acted).toEqual(['a', 'b', 'c']);
  });
});
