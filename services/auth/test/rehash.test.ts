import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BcryptHasher } from '../src/adapters/bcrypt-hasher.ts';
import { goodPassword, openAuth, quickHasher, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';
const dearer = await BcryptHasher.create({ cost: 11, longestWaitMs: 60_000 });

describe('a hash of an earlier BCRYPT_COST', () => {
  let auth: AuthUnderTest;
  beforeEach(async () => {
    auth = await openAuth({ hasher: dearer });
    // The harness makes accounts at cost 10.
    await auth.addUser(email);
  });
  afterEach(() => auth.dispose());

  const hashOf = async (): Promise<string | undefined> => (await auth.users.findByEmail(email))?.passwordHash;

  it('is renewed at the next login, which ends no token and no password', async () => {
    const token = await auth.signIn(email);
    await auth.rehash.settled();
    const renewed = await hashOf();
    expect(renewed).toMatch(/^\$2b\$11\$/);
    await auth.client.post('/validate').set('Authorization', `Bearer ${token}`).expect(200);
    await auth.signIn(email);
    await auth.rehash.settled();
    expect(await hashOf()).toBe(renewed);
  });

  it('stays when the password was wrong', async () => {
    await auth.client
      .post('/login')
      .send({ email, password: `${goodPassword}!` })
      .expect(401);
    await auth.rehash.settled();
    expect(await hashOf()).toMatch(/^\$2b\$10\$/);
  });

  it('is not put in place of a password that was changed meanwhile', async () => {
    const user = await auth.users.findByEmail(email);
    if (user === null) throw new Error('the account is gone');
    const changed = await quickHasher.hash('green lamps hum in Oslo');
    auth.rehash.consider(user, goodPassword);
    await auth.users.setPassword(user.id, changed, 5);
    await auth.rehash.settled();
    expect(await hashOf()).toBe(changed);
  });

  it('stays for the next login when the store is away', async () => {
    const user = await auth.users.findByEmail(email);
    if (user === null) throw new Error('the account is gone');
    await auth.users.close();
    auth.rehash.consider(user, goodPassword);
    await expect(auth.rehash.settled()).resolves.toBeUndefined();
  });
});
