import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Role } from '@clipscribe/contracts';
import { closeServer, createMetrics, Health, listen, silentLog } from '@clipscribe/runtime';
import { openUserStore, type User, type UserStore } from '@clipscribe/user-store';
import request from 'supertest';
import { BcryptHasher } from '../src/adapters/bcrypt-hasher.ts';
import { createAuthApp } from '../src/app.ts';
import type { PasswordHasher } from '../src/password-hasher.ts';
import { Tokens, type SigningKey } from '../src/tokens.ts';

export const currentKey: SigningKey = { id: 'k2', secret: 'current-secret-current-secret-32' };
export const previousKey: SigningKey = { id: 'k1', secret: 'previous-secret-previous-secret!' };
export const goodPassword = 'purple:teapot:orbits:Saturn';
export const TTL_SECONDS = 3600;

/** bcrypt at the lowest cost that is allowed, made once for all tests of a file. */
export const quickHasher = await BcryptHasher.create({ cost: 10 });

export interface AuthUnderTest {
  client: ReturnType<typeof request>;
  users: UserStore;
  /** The clock of the service, in ms since the epoch; it stands still. */
  clock: { now: number };
  addUser: (email: string, password?: string, role?: Role) => Promise<User>;
  /** A fresh token, by HTTP. */
  signIn: (email: string, password?: string) => Promise<string>;
  dispose: () => Promise<void>;
}

/** The service on a real server, a real SQLite file and real bcrypt. */
export async function openAuth(
  options: { registration?: 'open' | 'closed'; hasher?: PasswordHasher } = {},
): Promise<AuthUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-'));
  const users = await openUserStore(`sqlite:${join(folder, 'users.db')}`);
  const clock = { now: Date.now() };
  const { hasher = quickHasher, registration = 'open' } = options;
  const readClock = (): number => clock.now;
  const keys = { current: currentKey, previous: previousKey };
  const app = createAuthApp({
    users,
    hasher,
    tokens: new Tokens({ ...keys, ttlSeconds: TTL_SECONDS, clock: readClock }),
    clock: readClock,
    log: silentLog,
    metrics: createMetrics('auth'),
    health: new Health({ users: () => users.ping() }),
    registration,
  });
  const { server, url } = await listen(app, { host: '127.0.0.1', port: 0 });
  const client = request(url);
  return {
    client,
    users,
    clock,
    addUser: (email, password = goodPassword, role = 'user') => addUser(users, { email, password, role }),
    signIn: async (email, password = goodPassword) =>
      (await client.post('/login').send({ email, password }).expect(200)).text,
    dispose: async () => {
      await closeServer(server, 1000);
      await users.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function addUser(
  users: UserStore,
  account: { email: string; password: string; role: Role },
): Promise<User> {
  const { email, password, role } = account;
  const passwordHash = await quickHasher.hash(password);
  await users.create({ id: newId(), email, passwordHash, role, createdAt: Date.now() });
  const user = await users.findByEmail(email);
  if (user === null) throw new Error(`${email} was not stored`);
  return user;
}

/** The header of HTTP Basic for this text, as UTF-8. */
export function basic(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword, 'utf8').toString('base64')}`;
}
