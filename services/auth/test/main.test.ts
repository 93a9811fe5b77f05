import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError, StartError, type Env } from '@clipscribe/runtime';
import { start, type RunningAuth } from '../src/main.ts';

const adminEmail = 'root@example.org';
const adminPassword = 'purple teapot orbits';

describe('start', () => {
  let folder: string;
  let running: RunningAuth[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'auth-main-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await rm(folder, { recursive: true });
  });

  async function run(changes: Env = {}): Promise<RunningAuth> {
    const env = {
      ...{
        PORT: '0',
        USERS_URL: `sqlite:${join(folder, 'users.db')}`,
        JWT_SECRET: secretOf('usual'),
        BCRYPT_COST: '10',
      },
      ...{ LOG_LEVEL: 'silent', ADMIN_EMAIL: adminEmail, ADMIN_PASSWORD: adminPassword, ...changes },
    };
    const service = await start(env);
    running.push(service);
    return service;
  }

  async function signIn(url: string): Promise<string> {
    const credentials = Buffer.from(`${adminEmail}:${adminPassword}`).toString('base64');
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { Authorization: `Basic ${credentials}` },
    });
    expect(answer.status).toBe(200);
    return answer.text();
  }

  it('serves on a real port, makes the administrator once, and its tokens outlive it', async () => {
    const first = await run();
    expect(first.name).toBe('auth');
    const token = await signIn(first.url);
    await first.stop();
    await expect(fetch(`${first.url}/healthz`)).rejects.toThrow();

    const second = await run();
    const answer = await fetch(`${second.url}/validate`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ email: adminEmail, role: 'admin' });
  });

  it('accepts the tokens of the key before the current one, and of none before that', async () => {
    const validate = async (url: string, token: string): Promise<number> =>
      (await fetch(`${url}/validate`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }))
        .status;
    const rotate = async (changes: Env): Promise<string> => {
      await Promise.all(running.map((service) => service.stop()));
      return (await run(changes)).url;
    };
    const [first, second, third] = [secretOf('first'), secretOf('second'), secretOf('third')];
    const tokenOfFirst = await signIn(await rotate({ JWT_SECRET: first }));

    const afterOne = await rotate({ JWT_SECRET: second, JWT_SECRET_PREVIOUS: first });
    expect(await validate(afterOne, tokenOfFirst)).toBe(200);
    const tokenOfSecond = await signIn(afterOne);
    expect(kidOf(tokenOfSecond)).not.toBe(kidOf(tokenOfFirst));

    const afterTwo = await rotate({ JWT_SECRET: third, JWT_SECRET_PREVIOUS: second });
    expect(await validate(afterTwo, tokenOfFirst)).toBe(401);
    expect(await validate(afterTwo, tokenOfSecond)).toBe(200);
    expect(await validate(await rotate({ JWT_SECRET: third }), tokenOfSecond)).toBe(401);
  });

  it('has a key announced to all replicas before one of them signs with it', async () => {
    const [old, fresh] = [secretOf('old'), secretOf('fresh')];
    const told = await run({ JWT_SECRET: old, JWT_SECRET_PREVIOUS: fresh });
    const changed = await run({ JWT_SECRET: fresh, JWT_SECRET_PREVIOUS: old });
    for (const [from, to] of [
      [told, changed],
      [changed, told],
    ] as const) {
      const headers = { Authorization: `Bearer ${await signIn(from.url)}` };
      expect((await fetch(`${to.url}/validate`, { method: 'POST', headers })).status).toBe(200);
    }
  });

  it('reads its keys from files', async () => {
    const [current, previous] = [join(folder, 'current'), join(folder, 'previous')];
    await writeFile(current, `${secretOf('current')}\n`);
    await writeFile(previous, `${secretOf('previous')}\n`);
    const earlier = await run({ JWT_SECRET: secretOf('previous') });
    const files = { JWT_SECRET: undefined, JWT_SECRET_FILE: current, JWT_SECRET_PREVIOUS_FILE: previous };
    const later = await run(files);
    const headers = { Authorization: `Bearer ${await signIn(earlier.url)}` };
    expect((await fetch(`${later.url}/validate`, { method: 'POST', headers })).status).toBe(200);
  });

  it('has no administrator and no registration unless it is told', async () => {
    const service = await run({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
    const answer = await fetch(`${service.url}/register`, { method: 'POST' });
    expect(answer.status).toBe(403);
  });

  it('shows metrics on a port of their own only', async () => {
    const metricsPort = await freePort();
    const service = await run({ METRICS_PORT: String(metricsPort) });
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
    const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(await metrics.text()).toContain('http_request_duration_seconds');
    await service.stop();
    await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow();
  });

  it('stops twice without harm', async () => {
    const service = await run();
    await Promise.all([service.stop(), service.stop()]);
  });

  it.each([
    [{ JWT_SECRET: 'short' }, /^JWT_SECRET /],
    [{ JWT_SECRET: '' }, /^JWT_SECRET is missing/],
    [{ USERS_URL: 'postgres://localhost/users' }, /^USERS_URL /],
  ])('refuses %j, naming the variable', async (change, message) => {
    await expect(run(change)).rejects.toThrow(message);
    await expect(run(change)).rejects.toThrow(ConfigError);
  });

  it('lets go of everything when the port is taken', async () => {
    const first = await run();
    const taken = { PORT: new URL(first.url).port, USERS_URL: `sqlite:${join(folder, 'other.db')}` };
    await expect(run(taken)).rejects.toThrow(StartError);
    // SQLite removes its log when the last connection closes.
    expect((await readdir(folder)).filter((name) => name.startsWith('other'))).toEqual(['other.db']);
    await first.stop();
    await run(taken);
  });
});

/** Long enough, and as random as a test needs it. */
function secretOf(name: string): string {
  return `${name} secret for tests, with enough bytes`;
}

function kidOf(token: string): unknown {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return (header as { kid?: unknown }).kid; // the header of a token of ours
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
