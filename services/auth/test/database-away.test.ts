import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { createConnection } from 'mysql2/promise';
import { soon } from '../../../e2e/support/soon.ts';
import { start, type RunningAuth } from '../src/main.ts';
import { signingKey } from '../src/signing-key.ts';
import { Tokens } from '../src/tokens.ts';
import { basic } from './harness.ts';

const admin = { email: 'root@example.org', password: 'purple teapot orbits' };
const secret = 'a secret of this test, which is long enough';

/** What RELIABILITY promises for a database that is away, ms. */
const ANSWER_LIMIT_MS = 2000;

describeWithPrivateServer('mariadb', 'auth and its database', (server) => {
  let auth: RunningAuth | undefined;
  let database = '';

  beforeEach(() => {
    auth = undefined;
    database = `auth${newId().replaceAll('-', '')}`;
  });
  afterEach(() => auth?.stop());

  async function makeDatabase(): Promise<void> {
    const connection = await createConnection(server().url);
    await connection.query(`CREATE DATABASE ${database}`);
    await connection.end();
  }

  async function startAuth(): Promise<void> {
    const usersUrl = new URL(server().url);
    usersUrl.pathname = `/${database}`;
    auth = await start({
      ...{ PORT: '0', USERS_URL: usersUrl.href, JWT_SECRET: secret, BCRYPT_COST: '10', LOG_LEVEL: 'silent' },
      ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
    });
  }

  async function call(method: 'GET' | 'POST', path: string, authorization?: string): Promise<Response> {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    return fetch(`${auth?.url ?? ''}${path}`, { method, headers, signal });
  }

  const login = (): Promise<Response> => call('POST', '/login', basic(`${admin.email}:${admin.password}`));
  const validate = (token: string): Promise<Response> => call('POST', '/validate', `Bearer ${token}`);
  const isReady = async (): Promise<boolean> => (await call('GET', '/readyz')).status === 200;

  async function expectAway(token: string): Promise<void> {
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect((await call('GET', '/readyz')).status).toBe(503);
    for (const send of [login, () => validate(token)]) {
      const answer = await send();
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await answer.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  }

  async function expectWorking(): Promise<string> {
    await soon(isReady, 30_000);
    const answer = await login();
    expect(answer.status).toBe(200);
    const token = await answer.text();
    expect((await validate(token)).status).toBe(200);
    return token;
  }

  it('starts without it, and makes schema and administrator once it is there', async () => {
    await makeDatabase();
    await server().signal('SIGTERM');
    await startAuth();
    const tokens = new Tokens({ current: signingKey(secret), ttlSeconds: 60, clock: Date.now });
    await expectAway(tokens.issue(newId(), 0));
    await server().restart();
    await expectWorking();
  });

  it('starts while it is silent', async () => {
    await makeDatabase();
    await server().signal('SIGSTOP');
    try {
      await startAuth();
      expect((await login()).status).toBe(503);
    } finally {
      await server().signal('SIGCONT');
    }
    await expectWorking();
  });

  it('recovers when the database is made later', async () => {
    await startAuth();
    const report: unknown = await (await call('GET', '/readyz')).json();
    expect(report).toMatchObject({ checks: { users: 'unavailable', preparation: 'unavailable' } });
    await makeDatabase();
    await expectWorking();
  });

  it('recovers after it was killed, and after it was silent', async () => {
    await makeDatabase();
    await startAuth();
    const token = await expectWorking();
    await server().signal('SIGKILL');
    await expectAway(token);
    await server().restart();
    await expectWorking();
    await server().signal('SIGSTOP');
    try {
      await expectAway(token);
    } finally {
      await server().signal('SIGCONT');
    }
    await expectWorking();
    expect((await validate(token)).status).toBe(200);
  });

  it('stops in good order while it is away', async () => {
    await startAuth();
    await auth?.stop();
    await expect(call('GET', '/healthz')).rejects.toThrow();
  });
});
