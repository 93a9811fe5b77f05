import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '@clipscribe/runtime';
import { ensureAdmin } from '../src/bootstrap-admin.ts';
import { goodPassword, openAuth, quickHasher, type AuthUnderTest } from './harness.ts';

describe('ensureAdmin', () => {
  let auth: AuthUnderTest;
  beforeEach(async () => {
    auth = await openAuth();
  });
  afterEach(() => auth.dispose());

  const ensure = (email: string, password = goodPassword) =>
    ensureAdmin({
      users: auth.users,
      hasher: quickHasher,
      email,
      password,
      clock: () => auth.clock.now,
      log: silentLog,
    });

  it('makes one administrator, once', async () => {
    expect(await ensure(' Root@Example.org ')).toBe(true);
    expect(await ensure('second@example.org')).toBe(false);
    expect(await auth.users.list({ limit: 10 })).toHaveLength(1);
    expect(await auth.users.findByEmail('root@example.org')).toMatchObject({
      role: 'admin',
      createdAt: auth.clock.now,
    });
    await auth.signIn('root@example.org');
  });

  it('makes one when two servers start at once', async () => {
    const made = await Promise.all([ensure('root@example.org'), ensure('root@example.org')]);
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  it('never changes an account that is there', async () => {
    const user = await auth.addUser('ada@example.org', 'green lamps hum in Oslo');
    expect(await ensure('ada@example.org')).toBe(false);
    expect(await auth.users.findById(user.id)).toEqual(user);
  });

  it('refuses a weak password', async () => {
    await expect(ensure('root@example.org', 'short')).rejects.toMatchObject({ code: 'WEAK_PASSWORD' });
    expect(await auth.users.list({ limit: 1 })).toEqual([]);
  });
});
