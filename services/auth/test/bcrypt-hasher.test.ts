import { describe, expect, it } from '@jest/globals';
import { HttpProblem } from '@clipscribe/runtime';
import { BcryptHasher } from '../src/adapters/bcrypt-hasher.ts';

describe('BcryptHasher', () => {
  it('makes hashes of its cost that match their password only', async () => {
    const hasher = await BcryptHasher.create({ cost: 10 });
    const hash = await hasher.hash('purple teapot orbits');
    expect(hash).toMatch(/^\$2b\$10\$/);
    expect(await hasher.hash('purple teapot orbits')).not.toBe(hash);
    expect(await hasher.matches('purple teapot orbits', hash)).toBe(true);
    expect(await hasher.matches('purple teapot orbit', hash)).toBe(false);
    expect(await hasher.matches('purple teapot orbits', 'not a hash')).toBe(false);
  });

  it('says no for a user who does not exist', async () => {
    const hasher = await BcryptHasher.create({ cost: 10 });
    expect(await hasher.matches('', null)).toBe(false);
  });

  it('lets no more wait than it should, and works on afterwards', async () => {
    const hasher = await BcryptHasher.create({ cost: 10, concurrency: 1, maxWaiting: 2 });
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => hasher.hash('purple teapot orbits')),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const [refusal] = results.filter((result) => result.status === 'rejected');
    expect(refusal?.reason).toBeInstanceOf(HttpProblem);
    expect(refusal?.reason).toMatchObject({ code: 'BUSY', status: 503, headers: { 'Retry-After': '5' } });
    await expect(hasher.matches('x', null)).resolves.toBe(false);
  });
});
