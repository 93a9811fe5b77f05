import { mkdtemp, readdir, rm } from 'node:fs/promises';
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
        JWT_SECRET: 's'.repeat(32),
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

  it('accepts the tokens of the key before the current one', async () => {
    const first = await run();
    const token = await signIn(first.url);
    await first.stop();
    const rotated = { JWT_SECRET: 'n'.repeat(32), JWT_KEY_ID: 'k2' };
    const validate = async (url: string): Promise<number> =>
      (await fetch(`${url}/validate`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }))
        .status;
    const second = await run({ ...rotated, JWT_PREVIOUS_SECRET: 's'.repeat(32), JWT_PREVIOUS_KEY_ID: 'k1' });
    expect(await validate(second.url)).toBe(200);
    const third = await run(rotated);
    expect(await validate(third.url)).toBe(401);
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
