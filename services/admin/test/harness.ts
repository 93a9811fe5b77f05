import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BcryptHasher } from '@clipscribe/auth/hasher';
import { newId, type Job, type QueueName } from '@clipscribe/contracts';
import { openJobQueue, type JobQueue } from '@clipscribe/job-queue';
import { eventually } from '@clipscribe/job-queue/testing';
import { openJobStore, type JobStore } from '@clipscribe/job-store';
import { sampleJob } from '@clipscribe/job-store/testing';
import { embeddedServices, silentLog } from '@clipscribe/runtime';
import { openUserStore, type User, type UserStore } from '@clipscribe/user-store';
import { sampleUser } from '@clipscribe/user-store/testing';
import { createOutput, type Output } from '../src/output.ts';
import type { AdminPorts } from '../src/ports.ts';
import { runAdmin } from '../src/run-admin.ts';

/** bcrypt at the lowest cost that is allowed, made once for all tests of a file. */
export const hasher = await BcryptHasher.create({ cost: 10 });

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string;
}

export interface AdminUnderTest {
  folder: string;
  users: UserStore;
  jobs: JobStore;
  queue: JobQueue;
  /** Carries out a command line on these stores; what it prints is kept. */
  run: (argv: readonly string[], options?: RunOptions) => Promise<Ended>;
  /** As `run` with --json, when the command works. */
  json: (argv: readonly string[], options?: RunOptions) => Promise<unknown>;
  addUser: (email: string) => Promise<User>;
  /** Stores the job as it is. */
  addJob: (overrides?: Partial<Job>) => Promise<Job>;
  /** A message that a consumer refuses; gives the id of its dead letter. */
  bury: (queue: QueueName, body: string, reason?: string) => Promise<string>;
  dispose: () => Promise<void>;
}

/** Embedded stores in a folder of their own, which commands open once more, as beside a running suite. */
export async function openAdmin(): Promise<AdminUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'admin-'));
  const urls = embeddedServices(folder);
  const users = await openUserStore(urls['USERS_URL'] ?? '');
  const jobs = await openJobStore(urls['JOBS_URL'] ?? '');
  const queue = await openJobQueue(urls['QUEUE_URL'] ?? '', { log: silentLog });
  const run: AdminUnderTest['run'] = (argv, options) => runIn(folder, argv, options);
  return {
    ...{ folder, users, jobs, queue, run },
    json: async (argv, options) => {
      const { code, stdout, stderr } = await run([...argv, '--json'], options);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as unknown;
    },
    addUser: (email) => addUser(users, email),
    addJob: (overrides) => addJob(jobs, overrides),
    bury: (name, body, reason = 'no good') => bury(queue, { name, body, reason }),
    dispose: async () => {
      for (const port of [users, jobs, queue]) await port.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The stores of the test as ports, for a command that is called without a command line. */
export function portsOf({ users, jobs, queue }: AdminUnderTest): AdminPorts {
  return {
    users: () => Promise.resolve(users),
    jobs: () => Promise.resolve(jobs),
    queue: () => Promise.resolve(queue),
    hasher: () => Promise.resolve(hasher),
    readInput: () => Promise.resolve(''),
    clock: Date.now,
  };
}

/** Output for people, kept. */
export function textOutput(): { printed: Omit<Ended, 'code'>; out: Output } {
  const printed = { stdout: '', stderr: '' };
  const stdout = { write: (text: string) => (printed.stdout += text) };
  const stderr = { write: (text: string) => (printed.stderr += text) };
  return { printed, out: createOutput(stdout, stderr, { json: false }) };
}

async function runIn(
  folder: string,
  argv: readonly string[],
  { env = {}, stdin = '' }: RunOptions = {},
): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  const code = await runAdmin(argv, {
    env: { DATA_DIR: folder, ...env },
    stdin: Readable.from([stdin]),
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    createHasher: () => Promise.resolve(hasher),
  });
  return { code, ...printed };
}

async function addUser(users: UserStore, email: string): Promise<User> {
  await users.create(sampleUser({ email }));
  const user = await users.findByEmail(email);
  if (user === null) throw new Error(`${email} was not stored`);
  return user;
}

async function addJob(jobs: JobStore, overrides: Partial<Job> = {}): Promise<Job> {
  const job = sampleJob(overrides);
  const intentId = newId();
  await jobs.openIntent({ id: intentId, ownerId: job.ownerId, fileIds: [] });
  if ((await jobs.accept(intentId, [job])) !== 'accepted') throw new Error('the job was not stored');
  return job;
}

async function bury(
  queue: JobQueue,
  { name, body, reason }: { name: QueueName; body: string; reason: string },
): Promise<string> {
  const known = new Set((await queue.deadLetters(name, 100)).map(({ id }) => id));
  await queue.publish(name, body);
  const consumer = await queue.consume(name, { slots: 1 }, () =>
    Promise.resolve({ kind: 'dead-letter', reason }),
  );
  let buried: string | undefined;
  await eventually(async () => {
    buried = (await queue.deadLetters(name, 100)).find(({ id }) => !known.has(id))?.id;
    return buried !== undefined;
  });
  await consumer.stop();
  return buried ?? '';
}
