import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start as startAuthService } from '@clipscribe/auth';
import { newId, type Job } from '@clipscribe/contracts';
import { LocalFileStore, type FileStore } from '@clipscribe/file-store';
import { SqliteJobQueue, type JobQueue } from '@clipscribe/job-queue';
import { SqliteJobStore, type JobStore } from '@clipscribe/job-store';
import { SqliteOwnerStore, type OwnerStore } from '@clipscribe/owner-store';
import {
  closeServer,
  createMetrics,
  Health,
  listen,
  silentLog,
  type Env,
  type Log,
  type Tracer,
} from '@clipscribe/runtime';
import { AddressRules } from '@clipscribe/webhooks';
import type { Express } from 'express';
import request from 'supertest';
import { keepForEver, type Retention } from '@clipscribe/job-protocol';
import { HttpAuthClient } from '../src/adapters/http-auth-client.ts';
import { createGatewayApp } from '../src/app.ts';
import type { GatewayDeps, UploadLimits } from '../src/gateway-deps.ts';
import { openApiDocument } from '../src/openapi/document.ts';
import type { Quotas } from '../src/quotas/quotas.ts';
import type { TrustedProxies } from '../src/trusted-proxies.ts';
import { AnswerChecker, watchAnswers, type JsonObject } from '../testing/index.ts';
import { withFaults } from './faulty-ports.ts';
import { testPage } from './test-page.ts';

export const JWT_SECRET = 'a-secret-of-the-gateway-tests-only';
export const password = 'purple:teapot:orbits:Saturn';

/** Somebody with an account who has logged in. */
export interface Person {
  userId: string;
  email: string;
  token: string;
}

export interface TestAuth {
  url: string;
  ada: Person;
  bob: Person;
  admin: Person;
  /** One more login of the same account, for tests that spend a token. */
  signIn: (email: string) => Promise<Person>;
  close: () => Promise<void>;
}

/** The auth service as it runs in production, with two users and an administrator. */
export async function startAuth(changes: Env = {}): Promise<TestAuth> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-auth-'));
  const service = await startAuthService({
    PORT: '0',
    USERS_URL: `sqlite:${join(folder, 'users.db')}`,
    BCRYPT_COST: '10',
    // Tests of other things sign in as often as they like.
    LOGINS_PER_MINUTE: '1000',
    REGISTRATIONS_PER_HOUR: '1000',
    ...changes,
    REGISTRATION: 'open',
    LOG_LEVEL: 'silent',
    ...{ JWT_SECRET, ADMIN_EMAIL: 'root@example.org', ADMIN_PASSWORD: password },
  });
  const signIn = (email: string) => signInAt(service.url, email);
  for (const email of ['ada@example.org', 'bob@example.org']) {
    await request(service.url).post('/register').send({ email, password }).expect(201);
  }
  const [ada, bob, admin] = [
    await signIn('ada@example.org'),
    await signIn('bob@example.org'),
    await signIn('root@example.org'),
  ];
  const close = async (): Promise<void> => {
    await service.stop();
    await rm(folder, { recursive: true });
  };
  return { url: service.url, ada, bob, admin, signIn, close };
}

async function signInAt(url: string, email: string): Promise<Person> {
  const token = (await request(url).post('/login').send({ email, password }).expect(200)).text;
  const answer = await request(url).post('/validate').auth(token, { type: 'bearer' }).expect(200);
  const { userId } = answer.body as { userId: string }; // the contract of /validate
  return { userId, email, token };
}

/** Methods that stand in for those of the real ports as long as they are here. */
interface Faults {
  jobs: Partial<JobStore>;
  owners: Partial<OwnerStore>;
  files: Partial<FileStore>;
  queue: Partial<JobQueue>;
}

export interface GatewayUnderTest {
  url: string;
  port: number;
  server: Server;
  app: Express;
  /** Requests without a token. */
  client: ReturnType<typeof request>;
  /** Requests with this person's token. */
  as: (person: Person) => ReturnType<typeof request.agent>;
  /** The real ports, which the app sees through `faults`. */
  jobs: JobStore;
  owners: OwnerStore;
  files: FileStore;
  queue: JobQueue;
  faults: Faults;
  /** Moves the clocks of the app and of the job store. */
  elapse: (ms: number) => void;
  /** Everything that lies in the file store's folder, unfinished pieces included. */
  filesOnDisk: () => Promise<string[]>;
  /** What a refused upload must not leave: jobs, intents, files. */
  leftovers: () => Promise<{ jobs: Job[]; intents: number; files: string[] }>;
  /** Removes all faults, jobs, intents and files, for the next test. */
  reset: () => Promise<void>;
  /** Answers since the last call that /openapi.json does not tell of; what was not asked for fails `close`. */
  untold: () => string[];
  close: () => Promise<void>;
}

/** Every answer of every test is held against the document of the API. */
const checker = new AnswerChecker(JSON.parse(JSON.stringify(openApiDocument())) as JsonObject);

/** The gateway on a real server and the embedded adapters, in a folder of its own. */
export async function startGateway(
  auth: { url: string },
  limits: Partial<UploadLimits> = {},
  {
    quotas = {},
    retention = {},
    ...extra
  }: {
    quotas?: Partial<Quotas>;
    retention?: Partial<Retention>;
    stopping?: AbortSignal;
    trustProxy?: TrustedProxies;
    tracer?: Tracer | undefined;
    log?: Log;
  } = {},
): Promise<GatewayUnderTest> {
  const authUrl = auth.url;
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  let elapsedMs = 0;
  const jobs = SqliteJobStore.open(join(folder, 'jobs.db'), { clock: () => Date.now() + elapsedMs });
  const owners = SqliteOwnerStore.open(join(folder, 'owners.db'));
  const files = await LocalFileStore.open(join(folder, 'files'));
  const queue = SqliteJobQueue.open(join(folder, 'queue.db'));
  const faults: Faults = { jobs: {}, owners: {}, files: {}, queue: {} };
  const app = createGatewayApp({
    ...appDeps(authUrl),
    jobs: withFaults(jobs, faults.jobs),
    owners: withFaults(owners, faults.owners),
    files: withFaults(files, faults.files),
    queue: withFaults(queue, faults.queue),
    limits: { maxUploadBytes: 1_000_000, maxFiles: 5, stallMs: 20_000, resumableMs: 86_400_000, ...limits },
    ...extra,
    eventsPollMs: 5,
    page: testPage,
    quotas: { storedBytes: null, minutesPerDay: null, jobsAtOnce: null, ...quotas },
    retention: { ...keepForEver, ...retention },
    webhookRules: new AddressRules(),
    clock: () => performance.now() + elapsedMs,
  });
  const untold: string[] = [];
  // One that stands in for auth answers whatever its test wants.
  const watched = 'ada' in auth ? watchAnswers(app, checker, (problem) => untold.push(problem)) : app;
  const { server, url, port } = await listen(watched, { host: '127.0.0.1', port: 0 });
  const ports = { jobs, files, queue };
  const filesOnDisk = () => listFiles(join(folder, 'files'));
  return {
    ...{ url, port, server, app, ...ports, owners, faults, filesOnDisk },
    client: request(url),
    as: ({ token }) => request.agent(url).auth(token, { type: 'bearer' }),
    elapse: (ms) => {
      elapsedMs += ms;
    },
    leftovers: async () => ({
      jobs: await jobs.list({ limit: 100 }),
      intents: (await jobs.staleIntents(-60_000, 100)).length,
      files: await filesOnDisk(),
    }),
    reset: async () => {
      for (const fault of [faults.jobs, faults.owners, faults.files, faults.queue]) {
        for (const name of Object.keys(fault)) Reflect.deleteProperty(fault, name);
      }
      await empty(ports, await filesOnDisk());
    },
    untold: () => untold.splice(0),
    close: async () => {
      await closeServer(server, 0);
      await Promise.all([jobs.close(), owners.close(), files.close(), queue.close()]);
      await rm(folder, { recursive: true });
      if (untold.length > 0)
        throw new Error(`not as /openapi.json tells:\n${[...new Set(untold)].join('\n')}`);
    },
  };
}

function appDeps(authUrl: string): Pick<GatewayDeps, 'auth' | 'log' | 'metrics' | 'health'> {
  const auth = new HttpAuthClient(authUrl);
  const health = new Health({ auth: () => auth.ping() });
  return { auth, log: silentLog, metrics: createMetrics('gateway'), health };
}

async function empty({ jobs, files }: Pick<GatewayDeps, 'jobs' | 'files'>, names: string[]): Promise<void> {
  // Again as long as there is something: what an answered request still does may change a job in between.
  for (;;) {
    const ids = [...(await jobs.list({ limit: 1000 })).map(({ id }) => id), ...(await jobs.due(1000))];
    if (ids.length === 0) break;
    for (const id of ids) {
      const job = (await jobs.get(id))?.job;
      if (job !== undefined) await jobs.remove(id, job.version);
    }
  }
  for (const { id } of await jobs.staleIntents(-60_000, 1000)) await jobs.dropIntent(id);
  for (const name of names) await files.delete(name.slice(0, newId().length));
}

export const nothing = { jobs: [], intents: 0, files: [] };

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
