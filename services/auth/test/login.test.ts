import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loginAnswerSchema } from '@clipscribe/contracts';
import type { PasswordHasher } from '../src/password-hasher.ts';
import { basic, goodPassword, openAuth, quickHasher, TTL_SECONDS, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the hasher was asked to compare with; null stands for the dummy. */
const compared: ('a hash' | 'the dummy')[] = [];
const watchedHasher: PasswordHasher = {
  hash: (password) => quickHasher.hash(password),
  matches: (password, hash) => {
    compared.push(hash === null ? 'the dummy' : 'a hash');
    return quickHasher.matches(password, hash);
  },
  isOutdated: () => false,
};

describe('POST /login', () => {
  let auth: AuthUnderTest;
  beforeEach(async () => {
    compared.length = 0;
    auth = await openAuth({ hasher: watchedHasher });
  });
  afterEach(() => auth.dispose());

  it('answers the raw token to HTTP Basic, as curl sends it', async () => {
    await auth.addUser(email);
    const answer = await auth.client
      .post('/login')
      .set('Authorization', basic(`${email}:${goodPassword}`))
      .expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toMatch(jwtForm);
    await auth.client.post('/validate').set('Authorization', `Bearer ${answer.text}`).expect(200);
  });

  it('answers the raw token to a JSON body', async () => {
    await auth.addUser(email);
    const answer = await auth.client.post('/login').send({ email, password: goodPassword }).expect(200);
    expect(answer.text).toMatch(jwtForm);
  });

  it.each([
    ['application/json', 'json'],
    ['application/json, text/plain;q=0.5', 'json'],
    ['text/plain, application/json;q=0.5', 'text'],
    ['*/*', 'text'],
    ['image/png', 'text'],
  ])('with Accept: %s answers %s', async (accept, form) => {
    await auth.addUser(email);
    const login = auth.client.post('/login').set('Accept', accept);
    const answer = await login.set('Authorization', basic(`${email}:${goodPassword}`)).expect(200);
    expect(answer.headers['vary']).toBe('Accept');
    if (form === 'text') expect(answer.text).toMatch(jwtForm);
    else {
      const { token, ...rest } = loginAnswerSchema.parse(answer.body);
      expect(token).toMatch(jwtForm);
      expect(rest).toEqual({ tokenType: 'Bearer', expiresIn: TTL_SECONDS });
    }
  });

  it('takes the address in any case and with blanks around it', async () => {
    await auth.addUser(email);
    await auth.client
      .post('/login')
      .send({ email: '  Ada@EXAMPLE.org\t', password: goodPassword })
      .expect(200);
    await auth.client
      .post('/login')
      .set('Authorization', basic(`ADA@example.org:${goodPassword}`))
      .expect(200);
  });

  it.each(['zwölf Größen 講演 \u{1F3A5}', ' blanks at both ends ', 'colons:in:the:password:'])(
    'takes "%s" as a password, both ways',
    async (password) => {
      await auth.addUser(email, password.normalize('NFC'));
      await auth.client.post('/login').send({ email, password }).expect(200);
      await auth.client
        .post('/login')
        .set('Authorization', basic(`${email}:${password}`))
        .expect(200);
      await auth.client
        .post('/login')
        .send({ email, password: password.trim().slice(1) })
        .expect(401);
    },
  );

  it('takes accents however the keyboard composes them', async () => {
    await auth.addUser(email, 'zwölf Größen'.normalize('NFC'));
    await auth.client
      .post('/login')
      .send({ email, password: 'zwölf Größen'.normalize('NFD') })
      .expect(200);
  });

  it('refuses unknown users, wrong passwords and disabled users in the same way, at the same cost', async () => {
    const user = await auth.addUser(email);
    const bodies = new Set<string>();
    const attempt = async (name: string, password: string): Promise<void> => {
      const answer = await auth.client
        .post('/login')
        .set('Authorization', basic(`${name}:${password}`))
        .expect(401);
      expect(answer.headers['www-authenticate']).toBe('Basic realm="clipscribe"');
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      bodies.add(answer.text);
    };
    await attempt('nobody@example.org', goodPassword);
    await attempt(email, `${goodPassword}!`);
    await attempt(email, '');
    await auth.users.setDisabled(user.id, true);
    await attempt(email, goodPassword);
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toContain('"code":"WRONG_CREDENTIALS"');
    expect(compared).toEqual(['the dummy', 'a hash', 'a hash', 'a hash']);
  });

  it('does not ask for Basic when JSON was sent', async () => {
    const answer = await auth.client.post('/login').send({ email, password: 'x' }).expect(401);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('refuses a password that is right in its first 72 bytes only', async () => {
    const password = 'ab3'.repeat(24);
    await auth.addUser(email, password);
    await auth.client.post('/login').send({ email, password }).expect(200);
    await auth.client
      .post('/login')
      .send({ email, password: `${password}x` })
      .expect(401);
    expect(compared).toEqual(['a hash', 'the dummy']);
  });

  it('refuses what follows a NUL in a password', async () => {
    await auth.addUser(email, 'before\0after the zero');
    await auth.client.post('/login').send({ email, password: 'before\0after the zero' }).expect(200);
    await auth.client.post('/login').send({ email, password: 'before\0something else' }).expect(401);
  });

  it.each([
    ['nothing', undefined],
    ['a bearer token', 'Bearer abc'],
    ['no colon', basic('ada@example.org')],
    ['no base64', 'Basic ???'],
    ['Latin-1', `Basic ${Buffer.from('ada@example.org:größe', 'latin1').toString('base64')}`],
  ])('says how to send credentials when it gets %s', async (_what, authorization) => {
    const login = auth.client.post('/login');
    if (authorization !== undefined) void login.set('Authorization', authorization);
    const answer = await login.expect(401);
    expect(answer.headers['www-authenticate']).toBe('Basic realm="clipscribe"');
    expect(answer.body).toMatchObject({
      code: 'WRONG_CREDENTIALS',
      detail: expect.stringContaining('HTTP Basic'),
    });
    expect(compared).toEqual([]);
  });

  it('is busy, not broken, when no more hashes may wait', async () => {
    const { BcryptHasher } = await import('../src/adapters/bcrypt-hasher.ts');
    const small = await openAuth({
      hasher: await BcryptHasher.create({ cost: 10, concurrency: 1, maxWaiting: 0 }),
    });
    try {
      // From one address only one would come at a time.
      const logins = Array.from({ length: 8 }, (_, n) =>
        small.client
          .post('/login')
          .set('X-Forwarded-For', `203.0.113.${String(n)}`)
          .send({ email, password: 'x' }),
      );
      const answers = await Promise.all(logins);
      const busy = answers.filter(({ status }) => status === 503);
      expect(busy.length).toBeGreaterThan(0);
      expect(answers.filter(({ status }) => status === 401).length).toBe(8 - busy.length);
      expect(busy[0]?.body).toMatchObject({ code: 'BUSY' });
      expect(busy[0]?.headers['retry-after']).toBe('5');
    } finally {
      await small.dispose();
    }
  });
});
