import { afterEach, describe, expect, it } from '@jest/globals';
import type { SignInLimits } from '../src/sign-in-guard.ts';
import type { PasswordHasher } from '../src/password-hasher.ts';
import { goodPassword, openAuth, quickHasher, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';
const MINUTE_MS = 60_000;
const here = '203.0.113.7';
const elsewhere = '198.51.100.1';

/** Hashes that were spent. */
let hashes = 0;
const countingHasher: PasswordHasher = {
  hash: (password) => quickHasher.hash(password),
  matches: (password, hash) => {
    hashes += 1;
    return quickHasher.matches(password, hash);
  },
  isOutdated: () => false,
};

describe('limits of signing in', () => {
  let auth: AuthUnderTest;
  afterEach(() => auth.dispose());

  async function open(limits: Partial<SignInLimits> = {}): Promise<void> {
    auth = await openAuth({ hasher: countingHasher, limits });
    hashes = 0;
  }

  interface Login {
    name?: string;
    password?: string;
    from?: string;
    client?: AuthUnderTest['client'];
  }
  const login = ({ name = email, password = 'wrong', from = here, client = auth.client }: Login = {}) =>
    client.post('/login').set('X-Forwarded-For', from).send({ email: name, password });

  async function fail(times: number, how: Login = {}): Promise<void> {
    for (let n = 0; n < times; n += 1) await login(how).expect(401);
  }

  describe('five failures for an account from an address', () => {
    it('are the most in 15 minutes; then the right password is refused too, without a hash', async () => {
      await open();
      await auth.addUser(email);
      await fail(5);
      auth.clock.now += 14 * MINUTE_MS;
      const refusal = await login({ password: goodPassword }).expect(429);
      expect(refusal.body).toMatchObject({
        code: 'TOO_MANY_LOGINS',
        detail: 'Too many wrong passwords for this account came from your address. Try again in 60 seconds.',
      });
      expect(refusal.headers['retry-after']).toBe('60');
      expect(hashes).toBe(5);
      auth.clock.now += MINUTE_MS;
      await login({ password: goodPassword }).expect(200);
    });

    it('say nothing about whether there is such an account', async () => {
      await open();
      const user = await auth.addUser(email);
      await auth.addUser('off@example.org');
      await auth.users.setDisabled((await auth.users.findByEmail('off@example.org'))?.id ?? '', true);
      const bodies = new Set<string>();
      const names = [user.email, 'off@example.org', 'nobody@example.org'];
      for (const name of names) {
        await fail(5, { name, password: name.startsWith('off') ? goodPassword : 'wrong' });
        const { text, headers } = await login({ name, password: goodPassword }).expect(429);
        bodies.add(`${text} ${String(headers['retry-after'])} ${String(headers['www-authenticate'])}`);
      }
      expect(bodies.size).toBe(1);
      expect(hashes).toBe(15);
    });

    it('count for the account however its address is written', async () => {
      await open();
      await fail(3);
      await fail(2, { name: ' ADA@example.ORG ' });
      await login().expect(429);
    });

    it('leave other accounts and other addresses alone', async () => {
      await open();
      await auth.addUser(email);
      await auth.addUser('grace@example.org');
      await fail(5);
      await login({ password: goodPassword }).expect(429);
      await login({ name: 'grace@example.org', password: goodPassword }).expect(200);
      await login({ password: goodPassword, from: elsewhere }).expect(200);
      await login({ password: goodPassword }).expect(429);
    });

    it('are forgotten when the password is right before the sixth', async () => {
      await open();
      await auth.addUser(email);
      await fail(4);
      await login({ password: goodPassword }).expect(200);
      await fail(5);
      await login({ password: goodPassword }).expect(429);
    });

    it('are not more when they come at the same time', async () => {
      await open();
      await auth.addUser(email);
      const answers = await Promise.all(Array.from({ length: 12 }, () => login()));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([
        ...Array<number>(5).fill(401),
        ...Array<number>(7).fill(429),
      ]);
      expect(hashes).toBe(5);
    });

    it('are not more over several replicas', async () => {
      await open();
      const replica = await auth.replica();
      await auth.addUser(email);
      await fail(2);
      await fail(3, { client: replica });
      await login({ password: goodPassword }).expect(429);
      await login({ password: goodPassword, client: replica }).expect(429);
    });

    it('do not count logins that are right, however many come at the same time', async () => {
      await open();
      await auth.addUser(email);
      const logins = Array.from({ length: 8 }, () => login({ password: goodPassword }));
      expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
    });

    it('do not count what no hash was spent on', async () => {
      auth = await openAuth({
        hasher: { ...countingHasher, matches: () => Promise.reject(new Error('the hasher is broken')) },
      });
      for (let n = 0; n < 7; n += 1) await login().expect(500);
    });

    it('end with a new password, so that who had it reset can sign in', async () => {
      await open();
      const user = await auth.addUser(email);
      await fail(5);
      await login({ password: goodPassword }).expect(429);
      await auth.users.setPassword(user.id, await quickHasher.hash('green lamps hum in Oslo'), 5);
      await login({ password: 'green lamps hum in Oslo' }).expect(200);
    });

    it('count wrong current passwords of POST /password as well, and the right one forgets them', async () => {
      await open();
      await auth.addUser(email);
      const token = await auth.signIn(email);
      const change = (currentPassword: string) =>
        auth.client
          .post('/password')
          .set({ Authorization: `Bearer ${token}`, 'X-Forwarded-For': here })
          .send({ currentPassword, newPassword: 'short' });
      await fail(4);
      await change(goodPassword).expect(400);
      await fail(4);
      await change('wrong').expect(401);
      expect((await change(goodPassword).expect(429)).body).toMatchObject({ code: 'TOO_MANY_LOGINS' });
      await login({ password: goodPassword }).expect(429);
    });
  });

  describe('twenty attempts a minute from an address', () => {
    const limits = { fromNetwork: { most: 20, windowMs: MINUTE_MS } };
    const names = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, n) => `user-${String(from + n)}@example.org`);

    it('are the most, whatever the accounts; the rest cost no hash', async () => {
      await open(limits);
      for (const name of names(0, 20)) await fail(1, { name });
      const refusal = await login({ name: 'last@example.org' }).expect(429);
      expect(refusal.body).toMatchObject({
        code: 'TOO_MANY_LOGINS',
        detail: 'Too many attempts to sign in came from your address. Try again in 60 seconds.',
      });
      expect(refusal.headers['retry-after']).toBe('60');
      expect(hashes).toBe(20);
      await login({ name: 'last@example.org', from: elsewhere }).expect(401);
      auth.clock.now += MINUTE_MS;
      await login({ name: 'last@example.org' }).expect(401);
    });

    it('are the most when they come at the same time, too', async () => {
      await open(limits);
      const answers = await Promise.all(names(0, 40).map((name) => login({ name })));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(20);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
      expect(hashes).toBe(20);
    });

    it('are counted over replicas', async () => {
      await open(limits);
      const replica = await auth.replica();
      for (const name of names(0, 10)) await fail(1, { name });
      for (const name of names(10, 20)) await fail(1, { name, client: replica });
      await login({ name: 'last@example.org' }).expect(429);
      await login({ name: 'last@example.org', client: replica }).expect(429);
    });

    it('are counted for a whole /64 of IPv6, and for IPv4 however it is written', async () => {
      await open({ fromNetwork: { most: 2, windowMs: MINUTE_MS } });
      await login({ from: '2001:db8:0:1::1' }).expect(401);
      await login({ from: '2001:db8:0:1:ffff::2' }).expect(401);
      await login({ from: '2001:db8:0:1::3' }).expect(429);
      await login({ from: '2001:db8:0:2::1' }).expect(401);
      await login({ from: here }).expect(401);
      await login({ from: `::ffff:${here}` }).expect(401);
      await login({ from: here }).expect(429);
    });

    it('are counted for the first address that the gateway names, or for whoever connects', async () => {
      await open({ fromNetwork: { most: 1, windowMs: MINUTE_MS } });
      await login({ from: `${here}, 10.0.0.1` }).expect(401);
      await login({ from: `${here}, 10.0.0.2` }).expect(429);
      await login({ from: 'no address' }).expect(401);
      await auth.client.post('/login').send({ email, password: 'wrong' }).expect(429);
    });

    it('include changes of passwords and registrations', async () => {
      await open({ fromNetwork: { most: 3, windowMs: MINUTE_MS } });
      const account = { email: 'new@example.org', password: goodPassword };
      await auth.client.post('/register').set('X-Forwarded-For', here).send(account).expect(201);
      const token = (await login({ name: account.email, password: goodPassword }).expect(200)).text;
      const change = () =>
        auth.client
          .post('/password')
          .set({ Authorization: `Bearer ${token}`, 'X-Forwarded-For': here })
          .send({ currentPassword: 'wrong', newPassword: 'green lamps hum in Oslo' });
      await change().expect(401);
      await change().expect(429);
      const more = { email: 'more@example.org', password: goodPassword };
      await auth.client.post('/register').set('X-Forwarded-For', here).send(more).expect(429);
    });

    it('do not include what cannot be an attempt', async () => {
      await open({ fromNetwork: { most: 1, windowMs: MINUTE_MS } });
      for (let n = 0; n < 3; n += 1) {
        await auth.client.post('/login').set('X-Forwarded-For', here).send({ email }).expect(400);
        await auth.client.post('/login').set('X-Forwarded-For', here).expect(401);
        await auth.client.post('/password').set('X-Forwarded-For', here).send({}).expect(401);
      }
      await login().expect(401);
    });
  });

  it('an attempt that waits too long for others from its address is told to come again', async () => {
    auth = await openAuth({ hasher: countingHasher, longestWaitMs: 0 });
    const answers = await Promise.all(Array.from({ length: 3 }, () => login()));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]?.body).toMatchObject({ code: 'BUSY' });
    await login({ from: elsewhere }).expect(401);
  });

  describe('registrations', () => {
    const registrations = { most: 2, windowMs: 60 * MINUTE_MS };
    const register = (name: string, from = here, password = goodPassword) =>
      auth.client.post('/register').set('X-Forwarded-For', from).send({ email: name, password });

    it('are limited for each address, asking for taken ones included', async () => {
      await open({ registrations });
      await register('one@example.org').expect(201);
      await register('one@example.org').expect(409);
      const refusal = await register('two@example.org').expect(429);
      expect(refusal.body).toMatchObject({ code: 'TOO_MANY_REGISTRATIONS' });
      expect(refusal.headers['retry-after']).toBe('3600');
      expect(await auth.users.findByEmail('two@example.org')).toBeNull();
      await register('two@example.org', elsewhere).expect(201);
      auth.clock.now += 60 * MINUTE_MS;
      await register('three@example.org').expect(201);
    });

    it('do not count passwords that are too weak', async () => {
      await open({ registrations });
      for (let n = 0; n < 4; n += 1) await register('one@example.org', here, 'short').expect(400);
      await register('one@example.org').expect(201);
    });
  });

  it('the store names neither who tried nor for whom', async () => {
    await open();
    const keys: string[] = [];
    const { replaceAttempts } = auth.users;
    auth.users.replaceAttempts = (key, ...rest) => {
      keys.push(key);
      return replaceAttempts.call(auth.users, key, ...rest);
    };
    await login();
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
  });
});
