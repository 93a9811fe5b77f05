import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, principalSchema } from '@clipscribe/contracts';
import type { User } from '@clipscribe/user-store';
import jwt, { type Algorithm } from 'jsonwebtoken';
import { signingKey } from '../src/signing-key.ts';
import { currentKey, openAuth, previousKey, TTL_SECONDS, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';

/** What needs no token. Whatever else the service has must refuse the bad ones. */
const open = ['GET /healthz', 'GET /readyz', 'POST /login', 'POST /register'];

function guarded(routes: readonly string[]): string[] {
  expect(routes).toEqual(expect.arrayContaining(open));
  return routes.filter((route) => !open.includes(route));
}

interface Forgery {
  claims?: Record<string, unknown>;
  without?: string;
  algorithm?: Algorithm;
  secret?: string;
  kid?: string | null;
}

describe('bearer tokens', () => {
  let auth: AuthUnderTest;
  let user: User;
  beforeEach(async () => {
    auth = await openAuth();
    user = await auth.addUser(email, undefined, 'admin');
  });
  afterEach(() => auth.dispose());

  /** A token made without the service; as it stands it is good, each change should spoil it. */
  function forge({
    claims = {},
    without,
    algorithm = 'HS256',
    secret = currentKey.secret,
    kid = currentKey.id,
  }: Forgery) {
    const now = Math.floor(auth.clock.now / 1000);
    const own = {
      sub: user.id,
      jti: newId(),
      iss: 'clipscribe-auth',
      aud: 'clipscribe',
      iat: now,
      exp: now + 60,
      epoch: 0,
    };
    const all = Object.fromEntries(
      Object.entries({ ...own, ...claims }).filter(([name]) => name !== without),
    );
    const header = kid === null ? { alg: algorithm } : { alg: algorithm, kid };
    return jwt.sign(all, algorithm === 'none' ? '' : secret, { algorithm, header });
  }

  function validate(token: string) {
    return auth.client.post('/validate').set('Authorization', `Bearer ${token}`);
  }

  async function expectRefused(token: string): Promise<void> {
    for (const route of guarded(auth.routes)) {
      const [method = '', path = ''] = route.split(' ');
      const ask = auth.client[method.toLowerCase() as 'post']; // supertest has one for each method of HTTP
      const answer = await ask(path).set('Authorization', `Bearer ${token}`).expect(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).toMatchObject({ code: 'INVALID_TOKEN', status: 401 });
    }
  }

  it('say who their bearer is', async () => {
    const answer = await validate(await auth.signIn(email)).expect(200);
    expect(principalSchema.parse(answer.body)).toEqual({ userId: user.id, email, role: 'admin' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('carry what the security rules ask for, and nothing about the user but the id', async () => {
    const { header, payload } = jwt.decode(await auth.signIn(email), { complete: true }) ?? {};
    const iat = Math.floor(auth.clock.now / 1000);
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: currentKey.id });
    expect(payload).toEqual({
      ...{ sub: user.id, jti: expect.any(String), iss: 'clipscribe-auth', aud: 'clipscribe' },
      ...{ iat, exp: iat + TTL_SECONDS, epoch: 0 },
    });
  });

  it('are good when made by the rules (so that each refusal below has one reason)', async () => {
    await validate(forge({})).expect(200);
  });

  it('signed with the previous key are still good', async () => {
    await validate(forge({ secret: previousKey.secret, kid: previousKey.id })).expect(200);
  });

  it.each<[string, Forgery]>([
    ['alg none', { algorithm: 'none' }],
    ['HS384', { algorithm: 'HS384' }],
    ['HS512', { algorithm: 'HS512' }],
    ['an unknown kid', { kid: signingKey('x'.repeat(32)).id }],
    ['the kid of its foreign key', { secret: 'x'.repeat(32), kid: signingKey('x'.repeat(32)).id }],
    ['a kid that is none', { kid: 'k1' }],
    ['the kid of something every object has', { kid: '__proto__' }],
    ['no kid', { kid: null }],
    ['the kid of another key', { kid: previousKey.id }],
    ['a foreign key', { secret: 'x'.repeat(32) }],
    ['a foreign audience', { claims: { aud: 'elsewhere' } }],
    ['no audience', { without: 'aud' }],
    ['a foreign issuer', { claims: { iss: 'elsewhere' } }],
    ['no issuer', { without: 'iss' }],
    ['no expiry', { without: 'exp' }],
    ['no id', { without: 'jti' }],
    ['no subject', { without: 'sub' }],
    ['no epoch', { without: 'epoch' }],
    ['the epoch of another password', { claims: { epoch: 1 } }],
    ['an unknown user', { claims: { sub: newId() } }],
    ['a user id that is none', { claims: { sub: "' OR 1=1 --" } }],
    ['expiry in the past', { claims: { exp: 1_700_000_000 } }],
    ['a time before which it is not valid', { claims: { nbf: 4_000_000_000 } }],
  ])('with %s are refused', async (_what, forgery) => {
    await expectRefused(forge(forgery));
  });

  it('signed by RSA are refused, whatever the key', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = jwt.sign({ sub: user.id }, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      ...{
        algorithm: 'RS256',
        keyid: currentKey.id,
        issuer: 'clipscribe-auth',
        audience: 'clipscribe',
        expiresIn: 60,
      },
    });
    await expectRefused(token);
  });

  it('that were changed are refused', async () => {
    const [header = '', , signature = ''] = (await auth.signIn(email)).split('.');
    const other = await auth.addUser('eve@example.org');
    const [, foreignPayload = ''] = forge({ claims: { sub: other.id } }).split('.');
    await expectRefused(`${header}.${foreignPayload}.${signature}`);
    await expectRefused(`${header}.${foreignPayload}.`);
  });

  it.each(['', 'abc', 'a.b.c', '...', 'e30.e30.e30', `${'a'.repeat(5000)}.b.c`, 'two words'])(
    'that are none are refused: "%s"',
    async (token) => {
      await expectRefused(token);
    },
  );

  it('are asked for when there is none', async () => {
    for (const authorization of [undefined, '', 'Basic YTpi', 'Bearerabc']) {
      const call = auth.client.post('/validate');
      if (authorization !== undefined) void call.set('Authorization', authorization);
      const answer = await call.expect(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).toMatchObject({ code: 'NO_TOKEN' });
    }
  });

  it('expire on the second', async () => {
    auth.clock.now = 1_800_000_000_999;
    const token = await auth.signIn(email);
    auth.clock.now = (1_800_000_000 + TTL_SECONDS) * 1000 - 1;
    await validate(token).expect(200);
    auth.clock.now += 1;
    await expectRefused(token);
  });

  it('of a disabled user are refused until the user is enabled', async () => {
    const token = await auth.signIn(email);
    await auth.users.setDisabled(user.id, true);
    await expectRefused(token);
    await auth.users.setDisabled(user.id, false);
    await validate(token).expect(200);
  });

  it('end one by one with POST /logout', async () => {
    const [token, other] = [await auth.signIn(email), await auth.signIn(email)];
    const answer = await auth.client.post('/logout').set('Authorization', `Bearer ${token}`).expect(204);
    expect(answer.text).toBe('');
    await expectRefused(token);
    await validate(other).expect(200);
  });

  it('stay revoked until they have expired, and longer', async () => {
    const token = await auth.signIn(email);
    await auth.client.post('/logout').set('Authorization', `Bearer ${token}`).expect(204);
    const { exp } = jwt.decode(token, { json: true }) ?? {};
    expect(await auth.users.dropExpiredRevocations(Number(exp) * 1000)).toBe(0);
    expect(await auth.users.dropExpiredRevocations(Number(exp) * 1000 + 1)).toBe(1);
  });
});
