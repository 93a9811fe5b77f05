import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId, type JobView } from '@clipscribe/contracts';
import { openJobQueue, type JobQueue } from '@clipscribe/job-queue';
import type { PrivateServer } from '@clipscribe/private-servers';
import { silentLog } from '@clipscribe/runtime';
import type { Stack } from '../../stack/start-stack.ts';
import { Client, filePart } from '../support/client.ts';
import { storedInGridfs } from '../support/gridfs.ts';
import { inspect, makeRecording, makeSpeech } from '../support/media.ts';
import { describeOnServers } from '../support/platforms.ts';
import { expectKept, type Promised } from '../support/promises.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

/** A database that is away must be noticed by then (docs/operations.md). */
const NOTICE_MS = 2000;
const HEAL_MS = 60_000;

/** A server that is dead, and one that is silent on open connections. */
const outages = ['SIGKILL', 'SIGSTOP'] as const;
type Outage = (typeof outages)[number];

describeOnServers('faults of the real servers, and of the services on them', () => {
  let folder: string;
  let stack: Stack;
  let client: Client;
  let talk: { path: string } & Promised;
  const accepted = new Map<string, Promised>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-faults-'));
    const path = await makeSpeech(folder, 'talk', 'Every accepted upload ends exactly once.');
    talk = { path, seconds: (await inspect(path)).durationSeconds, words: 'exactly once' };
    stack = await startStack(join(folder, 'data'));
    client = await Client.login(stack.url, adminEmail, adminPassword);
  });
  afterAll(async () => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Uploads the clip; from its 202 on, it is promised that the job ends well, once. */
  async function upload(): Promise<JobView> {
    const [job] = await client.upload([await filePart(talk.path)]);
    if (job === undefined) throw new Error('no job');
    accepted.set(job.id, talk);
    return job;
  }

  async function login(): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${adminEmail}:${adminPassword}`).toString('base64')}`;
    const signal = AbortSignal.timeout(NOTICE_MS);
    return fetch(`${stack.url}/login`, { method: 'POST', headers: { authorization }, signal });
  }

  async function expectUnavailable(answer: Response): Promise<void> {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await answer.json()).toMatchObject({ code: expect.stringMatching(/_UNAVAILABLE$/) });
  }

  /** Readiness, of any service, as Kubernetes asks for it. */
  async function isReady(): Promise<boolean> {
    return (await fetch(`${stack.url}/readyz`).catch(() => null))?.status === 200;
  }

  async function queue<T>(use: (queue: JobQueue) => Promise<T>): Promise<T> {
    const opened = await openJobQueue(stack.urls.QUEUE_URL, { log: silentLog });
    try {
      await soon(async () =>
        opened.ping().then(
          () => true,
          () => false,
        ),
      );
      return await use(opened);
    } finally {
      await opened.close();
    }
  }

  /** Does something while a server is gone, and brings it back. */
  async function without(server: PrivateServer, signal: Outage, work: () => Promise<void>): Promise<void> {
    await server.signal(signal);
    try {
      await work();
    } finally {
      await (signal === 'SIGKILL' ? server.restart() : server.signal('SIGCONT'));
    }
  }

  it.each(outages)('the users’ database gone by %s: 503 in time, and back by itself', async (signal) => {
    // What auth said of a token is good for some seconds; of this one nobody has asked yet.
    const unknown = await Client.login(stack.url, adminEmail, adminPassword);
    await without(stack.servers.mariadb, signal, async () => {
      await expectUnavailable(await login());
      // Auth cannot judge tokens: nobody is let in, and nobody is told that the token is wrong.
      await expectUnavailable(await unknown.fetch('/jobs', { signal: AbortSignal.timeout(NOTICE_MS) }));
      expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
    });
    await soon(async () => (await login().catch(() => null))?.status === 200, HEAL_MS);
    await soon(isReady, HEAL_MS);
    expect((await unknown.fetch('/jobs')).status).toBe(200);
  });

  it.each(outages)('the jobs’ database gone by %s: 503, and back by itself', async (signal) => {
    const before = await upload();
    await without(stack.servers.mongodb, signal, async () => {
      await expectUnavailable(await client.fetch('/jobs', { signal: AbortSignal.timeout(2 * NOTICE_MS) }));
      expect((await client.post([await filePart(talk.path)])).status).toBe(503);
      await soon(async () => !(await isReady()));
    });
    await soon(isReady, HEAL_MS);
    const after = await upload();
    for (const { id } of [before, after]) await client.ended(id, 2 * HEAL_MS);
  });

  it('uploads while the broker is down are accepted, and delivered when it is back', async () => {
    const jobs: JobView[] = [];
    await without(stack.servers.rabbitmq, 'SIGKILL', async () => {
      jobs.push(await upload(), await upload());
      for (const { id } of jobs) expect((await client.job(id)).state).toBe('queued');
    });
    for (const { id } of jobs) await client.ended(id, 2 * HEAL_MS);
  });

  it('the broker killed and started again under load', async () => {
    const uploads = (async () => {
      for (let count = 0; count < 8; count += 1) await upload();
    })();
    for (let kills = 0; kills < 2; kills += 1)
      await without(stack.servers.rabbitmq, 'SIGKILL', () => Promise.resolve());
    await uploads;
    await expectKept(client, stack.outbox, accepted);
  });

  it('the same message ten times at once, before and after the end', async () => {
    const job = await upload();
    const tenTimes = (name: 'video' | 'transcribe', message: object): Promise<unknown> =>
      queue((opened) =>
        Promise.all(Array.from({ length: 10 }, () => opened.publish(name, JSON.stringify(message)))),
      );
    await tenTimes('video', { v: 1, jobId: job.id });
    await tenTimes('transcribe', { v: 1, jobId: job.id, chunk: 0 });
    await client.ended(job.id, HEAL_MS);
    await tenTimes('video', { v: 1, jobId: job.id });
    await queue((opened) => soon(async () => (await opened.depth('video')) === 0));
    await expectKept(client, stack.outbox, accepted);
  });

  it('poison goes to the dead letters, and the consumers live', async () => {
    const poison = ['not JSON', '{"v":99}', JSON.stringify({ v: 1, jobId: newId() })];
    await queue(async (opened) => {
      for (const name of ['video', 'transcribe', 'mp3'] as const)
        for (const body of poison) await opened.publish(name, body);
      for (const name of ['video', 'mp3'] as const) {
        await soon(async () => (await opened.deadLetters(name, 50)).length >= poison.length);
        const found = await opened.deadLetters(name, 50);
        // A message for `mp3` says more than the id of its job; without that it cannot be read.
        expect(found.map(({ body }) => body).sort()).toEqual(poison.toSorted());
      }
    });
    await client.ended((await upload()).id, HEAL_MS);
  });

  it('each service killed at each stage of a job', async () => {
    const recording = await makeRecording(folder, 600);
    const { services } = stack;
    const restart = async (name: keyof typeof services): Promise<void> => {
      await services[name].signal('SIGKILL');
      await services[name].start();
    };
    const long = async (): Promise<JobView> => {
      const [job] = await client.upload([await filePart(recording)], { transcript: 'false' });
      accepted.set(job?.id ?? '', { seconds: 600, words: '' });
      return client.job(job?.id ?? '');
    };

    // The gateway: in the middle of an upload, and right after its 202.
    const broken = client.post([await filePart(recording)]).catch(() => ({ status: 0 }));
    await soon(async () => (await storedInGridfs(stack.urls.FILES_URL)).length > accepted.size * 3);
    await restart('gateway');
    expect((await broken).status).not.toBe(202);
    await upload();
    await restart('gateway');

    // The converter: as soon as it has the job, in ffmpeg, and while it transcribes.
    for (const stage of [
      ({ audio }: JobView) => audio.state === 'running',
      ({ audio }: JobView) => audio.state === 'running' && audio.progress > 0.3,
      ({ audio }: JobView) => audio.state === 'done' || audio.progress > 0.9,
    ]) {
      await client.until((await long()).id, stage, { pollMs: 20 });
      await restart('converter');
    }
    await client.until((await upload()).id, ({ transcript }) => transcript.state === 'running', {
      pollMs: 10,
    });
    await restart('converter');

    // Auth and notification: while jobs end.
    const last = await upload();
    await restart('auth');
    await restart('notification');
    await client.until(last.id, ({ state }) => state === 'succeeded', { timeoutMs: 2 * HEAL_MS });
    await restart('notification');
    // Twice notification was killed, and each time it may just have handed over a mail.
    const jobs = await expectKept(client, stack.outbox, accepted, 2);
    expect(jobs).toHaveLength(accepted.size);
  }, 400_000);
});
