import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openJobQueue } from '@clipscribe/job-queue';
import { embeddedServices, silentLog } from '@clipscribe/runtime';
import { runAdmin, type AdminRun } from '../support/admin-process.ts';
import { Client, filePart } from '../support/client.ts';
import { describeOnEachPlatform } from '../support/platforms.ts';
import type { Running } from '../support/running.ts';
import { soon } from '../support/soon.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

interface DeadLetters {
  deadLetters: { id: string; queue: string; body: string; deadAt: string }[];
}

describeOnEachPlatform('the command line beside running services', (start) => {
  let folder: string;
  let running: Running;
  let client: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-admin-'));
    running = await start(join(folder, 'data'), { TRANSCRIBER: 'none' });
    client = await Client.login(running.url, adminEmail, adminPassword);
  });
  afterAll(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Where servers run, a file says so; else everything is in the data folder. */
  const envFile = (): string => join(folder, 'data', 'stack', 'stack.env');
  const admin = (args: readonly string[], stdin = ''): Promise<AdminRun> =>
    existsSync(envFile())
      ? runAdmin([...args, '--env-file', envFile()], { stdin })
      : runAdmin(args, { stdin, env: { DATA_DIR: join(folder, 'data') } });

  /** What a command gives to scripts. */
  async function json(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await admin([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as unknown;
  }

  const isLetIn = async ({ token }: Client): Promise<boolean> =>
    (await new Client(running.url, token).fetch('/jobs')).ok;
  const login = (email: string, password: string): Promise<Client> =>
    Client.login(running.url, email, password);

  it('adds a user who can sign in, and whom disabling shuts out at once', async () => {
    const email = 'ada@example.org';
    const { password } = (await json('users', 'add', email)) as { password: string };
    const ada = await login(email, password);
    expect(await isLetIn(ada)).toBe(true);

    expect(await admin(['users', 'disable', email])).toMatchObject({
      code: 0,
      stdout: `disabled ${email}\n`,
    });
    await soon(async () => !(await isLetIn(ada)), 5000);
    await expect(login(email, password)).rejects.toThrow(/login answered 401/);

    expect((await admin(['users', 'enable', email])).code).toBe(0);
    expect(await isLetIn(await login(email, password))).toBe(true);
  });

  it('resets a password: the old one and its tokens end, the new one works', async () => {
    const email = 'bob@example.org';
    const first = await admin(['users', 'add', email, '--password-stdin'], 'green lamps hum in Oslo\n');
    expect(first).toMatchObject({ code: 0, stdout: `added ${email} as user\n` });
    const bob = await login(email, 'green lamps hum in Oslo');
    expect(await isLetIn(bob)).toBe(true);

    const { password } = (await json('users', 'reset-password', email)) as { password: string };
    await expect(login(email, 'green lamps hum in Oslo')).rejects.toThrow(/login answered 401/);
    expect(await isLetIn(await login(email, password))).toBe(true);
    await soon(async () => !(await isLetIn(bob)), 5000);
  });

  it('shows a poison message among the dead letters, replays and discards it', async () => {
    const { QUEUE_URL = '' } = existsSync(envFile())
      ? parseEnv(readFileSync(envFile(), 'utf8'))
      : embeddedServices(join(folder, 'data'));
    const queue = await openJobQueue(QUEUE_URL, { log: silentLog });
    await queue.publish('video', 'this is no message');
    await queue.close();
    const deadLetters = async () => ((await json('dead-letters', 'list')) as DeadLetters).deadLetters;
    await soon(async () => (await deadLetters()).length === 1);

    const [letter] = await deadLetters();
    expect(letter).toMatchObject({ queue: 'video', body: 'this is no message' });
    const shown = await admin(['dead-letters', 'show', letter?.id ?? '']);
    expect(shown.stdout).toMatch(/^reason +the message cannot be read$/m);
    expect(shown.stdout).toMatch(/\n\nthis is no message\n$/);

    // It is as poisonous as before, so that it comes back as a later dead letter.
    expect((await admin(['dead-letters', 'replay', letter?.id ?? ''])).code).toBe(0);
    await soon(async () => (await deadLetters()).some(({ deadAt }) => deadAt !== letter?.deadAt));
    const [again] = await deadLetters();
    expect((await admin(['dead-letters', 'discard', again?.id ?? ''])).code).toBe(0);
    expect(await deadLetters()).toEqual([]);
    expect((await admin(['dead-letters', 'discard', again?.id ?? ''])).code).toBe(1);
  });

  it('lists a failed job, and retries it', async () => {
    const notes = join(folder, 'notes.mp4');
    await writeFile(notes, 'these are my notes');
    const [job] = await client.upload([await filePart(notes)]);
    const id = job?.id ?? '';
    await client.ended(id);
    expect(await json('jobs', 'list', '--state', 'failed', '--owner', adminEmail)).toMatchObject({
      jobs: [{ id, run: 1, owner: { email: adminEmail }, error: { code: 'NOT_MEDIA' } }],
    });
    expect(await admin(['jobs', 'retry', id])).toEqual({
      code: 0,
      stdout: `retried ${id} (run 2)\n`,
      stderr: '',
    });
    await client.until(id, ({ run, state }) => run === 2 && state === 'failed');
  });

  it('ends with 1 for what is not there and with 2 for what is mistyped', async () => {
    expect((await admin(['jobs', 'show', 'nonsense'])).code).toBe(1);
    expect((await admin(['jobs', 'shwo'])).code).toBe(2);
    expect(await runAdmin(['users', 'list', '--env-file', '/no/such/file'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'clipscribe: cannot read /no/such/file\n',
    });
  });
});
