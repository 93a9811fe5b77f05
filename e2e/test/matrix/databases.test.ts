import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { uploadAnswerSchema } from '@clipscribe/contracts';
import { LossyProxy } from '@clipscribe/mongo/testing';
import type { Stack } from '../../../stack/start-stack.ts';
import { Client, filePart } from '../../support/client.ts';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { outages, without } from '../../support/matrix/without.ts';
import { allJobs } from '../../support/promises/all-jobs.ts';
import { soon } from '../../support/soon.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';

/** A database or a service that is away must be noticed by then. */
const NOTICE_MS = 2000;
const HEAL_MS = 60_000;

describeWorldOnServers('databases and auth', (world) => {
  function stack(): Stack {
    const found = world().processes.stack;
    if (found === null) throw new Error('there are no servers');
    return found;
  }

  async function login(): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${adminEmail}:${adminPassword}`).toString('base64')}`;
    const signal = AbortSignal.timeout(NOTICE_MS);
    return fetch(`${world().client.url}/login`, { method: 'POST', headers: { authorization }, signal });
  }

  async function expectUnavailable(answer: Response): Promise<void> {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await answer.json()).toMatchObject({ code: expect.stringMatching(/_UNAVAILABLE$/) });
  }

  async function statusOf(path: string): Promise<number | undefined> {
    return (await fetch(`${world().client.url}${path}`).catch(() => null))?.status;
  }

  /** Somebody whose token the gateway has not asked about yet: a good answer is good for some seconds. */
  function newcomer(): Promise<Client> {
    return Client.login(world().client.url, adminEmail, adminPassword);
  }

  async function jobCount(): Promise<number> {
    return (await Array.fromAsync(allJobs(world().stores.jobs))).length;
  }

  it.each(outages)('MongoDB down (%s): 503, and back by itself', async (outage) => {
    await world().upload();
    await without(stack().servers.mongodb, outage, async () => {
      const signal = AbortSignal.timeout(2 * NOTICE_MS);
      await expectUnavailable(await world().client.fetch('/jobs', { signal }));
      expect((await world().post(world().short)).status).toBe(503);
      await soon(async () => (await statusOf('/readyz')) === 503);
      expect(await statusOf('/healthz')).toBe(200);
    });
    await soon(async () => (await statusOf('/readyz')) === 200, HEAL_MS);
    await world().upload();
    await world().kept();
  });

  it('MongoDB primary lost while uploads are written: 202 only for what is safe', async () => {
    const { mongodb } = stack().servers;
    const uploads = Array.from({ length: 12 }, () =>
      world().post(world().short, { fields: { transcript: 'false' } }),
    );
    // In the middle of it: as soon as the first one is answered.
    await Promise.race(uploads);
    await without(mongodb, 'SIGKILL', () => Promise.resolve());
    const answers = await Promise.all(uploads);
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 202 || status === 503)).toBe(true);
    for (const { body } of accepted)
      for (const job of uploadAnswerSchema.parse(JSON.parse(body)).jobs) world().promise(job, world().short);
    await world().kept();
  });

  it.each([
    { losses: 1, status: 202, name: 'read back by id' },
    { losses: 1000, status: 503, name: 'else 503' },
  ])(
    'MongoDB’s answer to the acceptance is lost $losses times: unknown, $name',
    async ({ losses, status }) => {
      const proxy = await LossyProxy.open(stack().urls.JOBS_URL);
      const headers = { 'idempotency-key': randomUUID() };
      const before = await jobCount();
      try {
        await world().restart('gateway', { env: { JOBS_URL: proxy.url } });
        await soon(async () => (await statusOf('/readyz')) === 200);
        // The first update opens the intent, and must get through; the end of the upload waits for that.
        const armed = Promise.withResolvers<undefined>();
        const part = await filePart(world().long.path);
        const held = { ...part, content: () => Readable.from(holdEnd(part.content(), armed.promise)) };
        const upload = world().client.post([held], { transcript: 'false' }, headers);
        await soon(async () => (await world().stores.jobs.staleIntents(0, 1)).length > 0);
        proxy.lose('update', losses);
        armed.resolve(undefined);
        expect((await upload).status).toBe(status);
        expect(proxy.lost).toBeGreaterThan(0);
      } finally {
        await proxy.close();
        await world().restart('gateway');
      }
      // Whatever the client was told, asking again gives one job.
      await world().letTimePass();
      const again = await world().post(world().long, { fields: { transcript: 'false' }, headers });
      expect(again.status).toBe(202);
      const [job] = uploadAnswerSchema.parse(JSON.parse(again.body)).jobs;
      if (job !== undefined) world().promise(job, world().long);
      await world().kept();
      expect((await jobCount()) - before).toBe(1);
    },
  );

  it.each(outages)(
    'MySQL down (%s): login 503 within 2 s; unready but alive; recovers by itself',
    async (outage) => {
      const unknown = await newcomer();
      await without(stack().servers.mariadb, outage, async () => {
        await expectUnavailable(await login());
        // Auth cannot judge tokens: nobody is let in, and nobody is told that the token is wrong.
        await expectUnavailable(await unknown.fetch('/jobs', { signal: AbortSignal.timeout(NOTICE_MS) }));
        expect(await statusOf('/healthz')).toBe(200);
      });
      await soon(async () => (await login().catch(() => null))?.status === 200, HEAL_MS);
      await soon(async () => (await statusOf('/readyz')) === 200, HEAL_MS);
      expect((await unknown.fetch('/jobs')).status).toBe(200);
      await world().kept();
    },
  );

  it.each([
    { name: 'down', outage: 'SIGKILL' },
    { name: 'slow', outage: 'SIGSTOP' },
  ] as const)('auth $name: 503 with Retry-After; never 401, never let in', async ({ outage }) => {
    const unknown = await newcomer();
    const { id } = await world().upload();
    await without(world().processes.of('auth'), outage, async () => {
      const inTime = (init: RequestInit = {}): RequestInit => ({
        ...init,
        signal: AbortSignal.timeout(NOTICE_MS),
      });
      await expectUnavailable(await login());
      await expectUnavailable(await unknown.fetch('/jobs', inTime()));
      await expectUnavailable(await unknown.fetch(`/jobs/${id}`, inTime({ method: 'DELETE' })));
      // Neither is somebody whose token is no good: nobody can tell.
      await expectUnavailable(await new Client(unknown.url, 'nonsense').fetch('/jobs', inTime()));
      await soon(async () => (await statusOf('/readyz')) === 503);
      expect(await statusOf('/healthz')).toBe(200);
    });
    await soon(async () => (await statusOf('/readyz')) === 200, HEAL_MS);
    expect((await unknown.fetch('/jobs')).status).toBe(200);
    expect((await new Client(unknown.url, 'nonsense').fetch('/jobs')).status).toBe(401);
    await world().kept();
  });
});

/** The content, whose last piece comes only when `released` has come true. */
async function* holdEnd(content: AsyncIterable<unknown>, released: Promise<unknown>): AsyncGenerator {
  let last: unknown;
  for await (const piece of content) {
    if (last !== undefined) yield last;
    last = piece;
  }
  await released;
  yield last;
}
