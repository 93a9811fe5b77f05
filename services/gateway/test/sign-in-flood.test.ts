import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  password,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type TestAuth,
} from './gateway-harness.ts';
import { expectProblem } from './problem.ts';

/** What SECURITY asks for. */
const limits = { LOGINS_PER_MINUTE: '20' };

describe('a flood of logins', () => {
  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    auth = await startAuth(limits);
  });
  afterEach(async () => {
    await gateway.close();
    await auth.close();
  });

  const login = (forwardedFor: string, name = 'ada@example.org', secret = 'wrong') =>
    gateway.client.post('/login').set('X-Forwarded-For', forwardedFor).auth(name, secret);

  it('is answered 429 with Retry-After, and others are served meanwhile', async () => {
    gateway = await startGateway(auth, {}, { trustProxy: ['loopback'] });
    const flood = Promise.all(
      Array.from({ length: 100 }, (_, n) => login('203.0.113.7', `user-${String(n)}@example.org`)),
    );
    await gateway.as(auth.ada).get('/jobs').expect(200);
    await login('198.51.100.1', 'ada@example.org', password).expect(200);
    const answers = await flood;
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(80);
    for (const answer of refused) {
      expectProblem(answer, 'TOO_MANY_LOGINS');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expectProblem(await login('203.0.113.7'), 'TOO_MANY_LOGINS');
  });

  it('cannot choose where it comes from when there is no proxy', async () => {
    gateway = await startGateway(auth);
    for (let n = 0; n < 5; n += 1) await login(`203.0.113.${String(n)}`).expect(401);
    expectProblem(await login('198.51.100.1', 'ada@example.org', password), 'TOO_MANY_LOGINS');
  });

  it('cannot choose what it adds before the proxy either', async () => {
    gateway = await startGateway(auth, {}, { trustProxy: 1 });
    for (let n = 0; n < 5; n += 1) await login(`203.0.113.${String(n)}, 198.51.100.1`).expect(401);
    expectProblem(await login('198.51.100.1', 'ada@example.org', password), 'TOO_MANY_LOGINS');
    await login('198.51.100.2', 'ada@example.org', password).expect(200);
  });
});
