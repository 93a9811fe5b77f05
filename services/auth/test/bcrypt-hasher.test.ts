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

  it('hashes for nobody who has waited so long that the answer would come too late', async () => {
    const hasher = await BcryptHasher.create({ cost: 10, concurrency: 1, longestWaitMs: 0 });
    const results = await Promise.allSettled([1, 2, 3].map(() => hasher.hash('purple teapot orbits')));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'BUSY' } });
    await expect(hasher.matches('x', null)).resolves.toBe(false);
  });

  it('knows hashes that are cheaper than its own', async () => {
    const hasher = await BcryptHasher.create({ cost: 11 });
    const rest = `$${'x'.repeat(53)}`;
    expect(['$2b$10', '$2a$04', '$2y$09'].map((head) => hasher.isOutdated(head + rest))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['$2b$11', '$2b$12', 'md5'].map((head) => hasher.isOutdated(head + rest))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('matches hashes of an earlier cost, and refuses wrong passwords for them', async () => {
    const [earlier, hasher] = [
      await BcryptHasher.create({ cost: 10 }),
      await BcryptHasher.create({ cost: 11 }),
    ];
    const hash = await earlier.hash('purple teapot orbits');
    expect(await hasher.matches('purple teapot orbits', hash)).toBe(true);
    expect(await hasher.matches('purple teapot orbit', hash)).toBe(false);
  });

  it('lets no more wait than it should, and works on afterwards', async () => {
    const hasher = await BcryptHasher.create({
      cost: 10,
      concurrency: 1,
      maxWaiting: 2,
      longestWaitMs: 60_000,
    });
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
