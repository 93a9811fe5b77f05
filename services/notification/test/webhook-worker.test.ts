import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { createLog, UnavailableError } from '@clipscribe/runtime';
import { newSecret, rotated } from '@clipscribe/webhooks';
import { answers, verified } from '@clipscribe/webhooks/testing';
import { WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
let ownerId: string;

beforeEach(async () => {
  bench = await WebhookBench.open();
  ownerId = newId();
});
afterEach(async () => {
  await bench.close();
});

describe('the end of a job', () => {
  it('is told to a webhook, signed, with the job as its owner sees it', async () => {
    const receiver = await bench.receiver();
    const { id: endpointId, secrets } = await bench.addWebhook(ownerId, receiver.url('/hook?key=1'));
    await bench.start();
    const job = await bench.failedJob(ownerId);
    const [received] = await receiver.requests(1);
    const delivery = await bench.attempted(job.id);
    expect(delivery).toMatchObject({ endpointId, state: 'delivered', attempts: [{ status: 204 }] });
    expect(received?.headers['webhook-id']).toBe(delivery.id);
    const payload = received && verified(received, secrets[0]?.value ?? '');
    expect(payload).toMatchObject({
      type: 'job.failed',
      timestamp: new Date(job.finishedAt ?? 0).toISOString(),
      data: { job: { id: job.id, state: 'failed', run: 1, source: { name: job.source.name } } },
    });
    expect(payload?.data.job.error).toMatchObject({ code: 'NO_AUDIO_TRACK' });
    expect(payload?.data.job.links.self).toBe(`https://clips.example.org/jobs/${job.id}`);
  });

  it('is told to those that want to hear of it', async () => {
    const wanted = await bench.receiver();
    const unwanted = await bench.receiver();
    await bench.addWebhook(ownerId, unwanted.url(), { events: ['job.succeeded'] });
    await bench.addWebhook(ownerId, unwanted.url(), { enabled: false });
    await bench.addWebhook(newId(), unwanted.url());
    await bench.addWebhook(ownerId, wanted.url(), { events: ['job.failed'] });
    await bench.start();
    const job = await bench.failedJob(ownerId);
    expect(await bench.attempted(job.id)).toMatchObject({ state: 'delivered' });
    expect([wanted.received.length, unwanted.received.length]).toEqual([1, 0]);
  });

  it('is signed with both secrets after a rotation', async () => {
    const receiver = await bench.receiver();
    const secrets = rotated([newSecret(1)], Date.now());
    await bench.addWebhook(ownerId, receiver.url(), { secrets });
    await bench.start();
    await bench.failedJob(ownerId);
    const [received] = await receiver.requests(1);
    for (const { value } of secrets) expect(received && verified(received, value)).toBeDefined();
  });

  it("goes to the address that came with the upload, signed with its owner's secret for uploads", async () => {
    const receiver = await bench.receiver();
    await bench.start();
    const job = await bench.failedJob(ownerId, { webhook: receiver.url('/mine') });
    expect(await bench.attempted(job.id)).toMatchObject({ endpointId: null, state: 'delivered' });
    const { uploadSecrets } = await bench.stores.owners.get(ownerId);
    expect(uploadSecrets).toHaveLength(1);
    const [received] = receiver.received;
    expect(received && verified(received, uploadSecrets[0]?.value ?? '')).toBeDefined();
  });

  it('leaves nothing when there is nobody to tell', async () => {
    const worker = await bench.start();
    const job = await bench.failedJob(ownerId);
    while ((await bench.stores.job(job.id)).webhooks !== undefined)
      await new Promise((resolve) => setImmediate(resolve));
    await worker.finish();
    expect(await bench.stores.queue.depth('webhook')).toBe(0);
  });
});

describe('a receiver that', () => {
  const huge = answers.huge(100e6);
  it.each([
    ['hangs', answers.hang, { error: 'TIMEOUT' }],
    ['hangs in its answer', answers.hangInBody, { error: 'TIMEOUT' }],
    ['fails', answers.status(500), { status: 500, error: 'NOT_2XX' }],
    ['refuses', answers.status(401), { status: 401, error: 'NOT_2XX' }],
    ['redirects', answers.status(302, { location: '/' }), { status: 302, error: 'REDIRECTED' }],
    ['answers 100 MB', huge, { status: 200, error: 'ANSWER_TOO_LARGE' }],
    ['cuts the connection', answers.cut, { error: 'CONNECTION_FAILED' }],
    ['speaks no HTTP', answers.garbage, { error: 'BAD_ANSWER' }],
  ])('%s is tried again later, and takes it when it is well', async (_what, answer, attempt) => {
    const receiver = await bench.receiver(answer);
    await bench.addWebhook(ownerId, receiver.url());
    await bench.start({ attemptMs: 500 });
    const job = await bench.failedJob(ownerId);
    const failed = await bench.attempted(job.id);
    expect(failed).toMatchObject({ state: 'pending', failures: 1, attempts: [attempt] });
    expect((failed.retryAt ?? 0) - bench.stores.now).toBeGreaterThanOrEqual(5000);

    receiver.answer = answers.status(200);
    await bench.nextAttempt(job.id);
    expect(await bench.attempted(job.id, 2)).toMatchObject({ state: 'delivered', id: failed.id });
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
  });

  it('has a certificate of its own making hears nothing', async () => {
    const receiver = await bench.receiver(answers.status(204), { tls: true });
    await bench.addWebhook(ownerId, receiver.url('/', 'https'));
    await bench.start();
    const { attempts } = await bench.attempted((await bench.failedJob(ownerId)).id);
    expect(attempts).toMatchObject([{ error: 'TLS_FAILED' }]);
    expect(receiver.received).toEqual([]);
  });

  it('may not be called hears nothing', async () => {
    const receiver = await bench.receiver();
    await bench.addWebhook(ownerId, receiver.url());
    await bench.start({ allow: [] });
    const { attempts } = await bench.attempted((await bench.failedJob(ownerId)).id);
    expect(attempts).toMatchObject([{ error: 'ADDRESS_REFUSED' }]);
    expect(receiver.received).toEqual([]);
  });

  it('asks for time gets it', async () => {
    const receiver = await bench.receiver(answers.status(503, { 'retry-after': '3600' }));
    await bench.addWebhook(ownerId, receiver.url());
    await bench.start();
    const { retryAt } = await bench.attempted((await bench.failedJob(ownerId)).id);
    expect(retryAt).toBe(bench.stores.now + 3_600_000);
  });

  it('is gone is switched off', async () => {
    const receiver = await bench.receiver(answers.status(410));
    const { id } = await bench.addWebhook(ownerId, receiver.url());
    await bench.start();
    const delivery = await bench.attempted((await bench.failedJob(ownerId)).id);
    expect(delivery).toMatchObject({ state: 'failed', attempts: [{ status: 410, error: 'GONE' }] });
    expect((await bench.stores.owners.get(ownerId)).webhooks).toMatchObject([{ id, enabled: false }]);
  });

  it('is gone from an upload alone ends that delivery alone', async () => {
    const receiver = await bench.receiver(answers.status(410));
    await bench.start();
    const job = await bench.failedJob(ownerId, { webhook: receiver.url() });
    expect(await bench.attempted(job.id)).toMatchObject({ state: 'failed' });
  });

  it('hangs does not keep others waiting', async () => {
    const hanging = await bench.receiver(answers.hang);
    for (let count = 0; count < 8; count += 1) await bench.addWebhook(ownerId, hanging.url());
    const other = newId();
    const well = await bench.receiver();
    await bench.addWebhook(other, well.url());
    await bench.start({ slots: 4 });
    const slow = await bench.failedJob(ownerId);
    await hanging.requests(1);
    expect(await bench.attempted((await bench.failedJob(other)).id)).toMatchObject({ state: 'delivered' });
    expect(hanging.received).toHaveLength(1);
    const { webhooks } = await bench.stores.job(slow.id);
    expect(webhooks?.deliveries.every(({ attemptCount }) => attemptCount === 0)).toBe(true);
  });
});

describe('what an owner changes meanwhile', () => {
  it.each([
    ['deleted', 'WEBHOOK_DELETED'],
    ['switched off', 'WEBHOOK_DISABLED'],
  ])('counts at the next attempt: %s', async (what, error) => {
    const receiver = await bench.receiver(answers.status(500));
    await bench.addWebhook(ownerId, receiver.url());
    await bench.start();
    const job = await bench.failedJob(ownerId);
    await bench.attempted(job.id);
    await bench.changeWebhooks(ownerId, (webhooks) =>
      what === 'deleted' ? [] : webhooks.map((webhook) => ({ ...webhook, enabled: false })),
    );
    await bench.nextAttempt(job.id);
    const delivery = await bench.attempted(job.id, 2);
    expect(delivery.state).toBe('failed');
    expect(delivery.attempts[1]).toMatchObject({ error });
    expect(receiver.received).toHaveLength(1);
  });

  it('counts at the next attempt: another address', async () => {
    const [wrong, right] = [await bench.receiver(answers.status(404)), await bench.receiver()];
    await bench.addWebhook(ownerId, wrong.url());
    await bench.start();
    const job = await bench.failedJob(ownerId);
    await bench.attempted(job.id);
    await bench.changeWebhooks(ownerId, (webhooks) =>
      webhooks.map((webhook) => ({ ...webhook, url: right.url() })),
    );
    await bench.nextAttempt(job.id);
    expect(await bench.attempted(job.id, 2)).toMatchObject({ state: 'delivered', url: right.url() });
  });
});

describe('the worker', () => {
  it('gives back what is under way when it has to stop, and another one delivers it', async () => {
    const receiver = await bench.receiver(answers.hang);
    await bench.addWebhook(ownerId, receiver.url());
    const worker = await bench.start();
    const job = await bench.failedJob(ownerId);
    await receiver.requests(1);
    worker.giveBack();
    await worker.finish();
    const [delivery] = (await bench.stores.job(job.id)).webhooks?.deliveries ?? [];
    expect(delivery).toMatchObject({ state: 'pending', attemptCount: 0 });
    expect(delivery).not.toHaveProperty('lease');
    receiver.answer = answers.status(204);
    await bench.start();
    expect(await bench.attempted(job.id)).toMatchObject({ state: 'delivered', attemptCount: 1 });
  });

  it('counts no attempt when the settings cannot be asked', async () => {
    const receiver = await bench.receiver();
    await bench.addWebhook(ownerId, receiver.url());
    const { owners } = bench.stores;
    let answersLeft = 1; // for the plan
    const get = (id: string): ReturnType<typeof owners.get> => {
      answersLeft -= 1;
      return answersLeft < 0 ? Promise.reject(new UnavailableError('owner store')) : owners.get(id);
    };
    const replace = owners.replace.bind(owners);
    const [ping, close] = [owners.ping.bind(owners), owners.close.bind(owners)];
    await bench.start({ owners: { get, replace, ping, close } });
    const job = await bench.failedJob(ownerId);
    const delivery = await bench.delivery(job.id, ({ retryAt }) => retryAt !== undefined);
    expect(delivery).toMatchObject({ state: 'pending', attemptCount: 0 });
    expect(receiver.received).toEqual([]);
  });

  it('dead-letters what it cannot use', async () => {
    const nowhere = JSON.stringify({ v: 1, jobId: newId() });
    const bodies = ['poison', nowhere, JSON.stringify({ v: 1, jobId: newId(), delivery: newId() })];
    for (const body of bodies) await bench.stores.queue.publish('webhook', body);
    await bench.start();
    while ((await bench.stores.queue.deadLetters('webhook', 10)).length < bodies.length)
      await new Promise((resolve) => setImmediate(resolve));
  });

  it('writes nothing into its log that only the owner may know', async () => {
    let written = '';
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += chunk.toString();
        done();
      },
    });
    const receiver = await bench.receiver(answers.status(500));
    const { secrets } = await bench.addWebhook(ownerId, receiver.url('/hidden?key=hidden'));
    await bench.start({ log: createLog('notification', { level: 'trace', destination }) });
    const job = await bench.failedJob(ownerId, { webhook: receiver.url('/hidden?key=hidden') });
    await receiver.requests(2);
    await bench.attempted(job.id);
    expect(written).toContain(`127.0.0.1:${String(receiver.port)}`);
    expect(written).not.toContain('hidden');
    expect(written).not.toContain(secrets[0]?.value);
    expect(written).not.toContain('whsec_');
  });
});
