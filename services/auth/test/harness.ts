import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Role } from '@clipscribe/contracts';
import { closeServer, createMetrics, Health, listen, silentLog, type Log } from '@clipscribe/runtime';
import { routesOf } from '@clipscribe/runtime/testing';
import { openUserStore, type User, type UserStore } from '@clipscribe/user-store';
import request from 'supertest';
import { BcryptHasher } from '../src/adapters/bcrypt-hasher.ts';
import { createAuthApp } from '../src/app.ts';
import type { PasswordHasher } from '../src/password-hasher.ts';
import { Rehash } from '../src/rehash.ts';
import { SignInGuard, type SignInLimits } from '../src/sign-in-guard.ts';
import { countingKey, signingKey } from '../src/signing-key.ts';
import { Tokens } from '../src/tokens.ts';

export const currentKey = signingKey('current-secret-current-secret-32');
export const previousKey = signingKey('previous-secret-previous-secret!');
export const goodPassword = 'purple:teapot:orbits:Saturn';
export const TTL_SECONDS = 3600;

/** Tests do not depend on how fast hashes are. */
const PATIENCE_MS = 60_000;

/** bcrypt at the lowest cost that is allowed, made once for all tests of a file. */
export const quickHasher = await BcryptHasher.create({ cost: 10, longestWaitMs: PATIENCE_MS });

export interface AuthUnderTest {
  url: string;
  client: ReturnType<typeof request>;
  users: UserStore;
  rehash: Rehash;
  /** `METHOD /path` of each route. */
  routes: string[];
  /** The clock of the service, in ms since the epoch; it stands still. */
  clock: { now: number };
  /** A second server on the same users, as a replica; closed with the first. */
  replica: () => Promise<ReturnType<typeof request>>;
  addUser: (email: string, password?: string, role?: Role) => Promise<User>;
  /** A fresh token, by HTTP. */
  signIn: (email: string, password?: string) => Promise<string>;
  dispose: () => Promise<void>;
}

const MINUTE_MS = 60_000;

/** As SECURITY has them, apart from a number of logins that tests of other things do not reach. */
const usualLimits: SignInLimits = {
  fromNetwork: { most: 1000, windowMs: MINUTE_MS },
  failures: { most: 5, windowMs: 15 * MINUTE_MS },
  registrations: { most: 20, windowMs: 60 * MINUTE_MS },
};

interface AuthOptions {
  registration?: 'open' | 'closed';
  hasher?: PasswordHasher;
  limits?: Partial<SignInLimits>;
  longestWaitMs?: number;
  log?: Log;
}

/** The service on a real server, a real SQLite file and real bcrypt. */
export async function openAuth(options: AuthOptions = {}): Promise<AuthUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-'));
  const usersUrl = `sqlite:${join(folder, 'users.db')}`;
  const clock = { now: Date.now() };
  const first = await serve(usersUrl, clock, options);
  const served = [first];
  const { url, client, users, rehash, routes } = first;
  return {
    ...{ url, client, users, rehash, routes, clock },
    replica: async () => {
      const another = await serve(usersUrl, clock, options);
      served.push(another);
      return another.client;
    },
    addUser: (email, password = goodPassword, role = 'user') => addUser(users, { email, password, role }),
    signIn: async (email, password = goodPassword) =>
      (await client.post('/login').send({ email, password }).expect(200)).text,
    dispose: async () => {
      for (const { close } of served) await close();
      await rm(folder, { recursive: true });
    },
  };
}

async function serve(usersUrl: string, clock: { now: number }, options: AuthOptions) {
  const {
    hasher = quickHasher,
    registration = 'open',
    limits = {},
    log = silentLog,
    longestWaitMs = PATIENCE_MS,
  } = options;
  const users = await openUserStore(usersUrl);
  const common = { users, hasher, clock: () => clock.now, log };
  const rehash = new Rehash(common);
  const key = countingKey(currentKey);
  const app = createAuthApp({
    ...common,
    guard: new SignInGuard({ ...common, key, limits: { ...usualLimits, ...limits }, longestWaitMs }),
    rehash,
    tokens: new Tokens({
      ...{ current: currentKey, previous: previousKey },
      ...{ ttlSeconds: TTL_SECONDS, clock: () => clock.now },
    }),
    metrics: createMetrics('auth'),
    health: new Health({ users: () => users.ping() }),
    registration,
  });
  const { server, url } = await listen(app, { host: '127.0.0.1', port: 0 });
  const close = async (): Promise<void> => {
    await closeServer(server, 1000);
    await rehash.settled();
    await users.close();
  };
  return { url, client: request(url), users, rehash, routes: routesOf(app), close };
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
