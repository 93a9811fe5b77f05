import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  newId,
  newWebhookViewSchema,
  parseMessage,
  webhookDeliveryListSchema,
  webhookDeliveryPageSchema,
  webhookEvents,
  webhookListSchema,
  webhookSecretSchema,
  webhookViewSchema,
  type Job,
  type ProblemCode,
} from '@clipscribe/contracts';
import { claimWebhook, planWebhooks, webhookDelivered, webhookGivenUp } from '@clipscribe/job-protocol';
import { MAX_WEBHOOKS } from '@clipscribe/owner-store';
import { UnavailableError } from '@clipscribe/runtime';
import type { z } from 'zod';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { failedJob, step } from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterEach(async () => {
  for (const { userId } of [auth.ada, auth.bob, auth.admin]) {
    const settings = await gateway.owners.get(userId);
    await gateway.owners.replace({ ...settings, webhooks: [], uploadSecrets: [] }, settings.version);
  }
  await gateway.reset();
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const url = 'https://example.org/hook?key=1';

async function add(person: Person, body: object = { url }): Promise<z.infer<typeof newWebhookViewSchema>> {
  const answer = await gateway.as(person).post('/webhooks').send(body).expect(201);
  return newWebhookViewSchema.strict().parse(answer.body);
}

/** A failed job of ada's with one delivery, which is over as well. */
async function toldJob(endpointId: string | null): Promise<{ job: Job; delivery: string }> {
  const { id } = await failedJob(gateway, auth.ada);
  const planned = await step(
    gateway,
    id,
    planWebhooks(() => [{ endpointId, url }]),
  );
  const delivery = planned.webhooks?.deliveries[0]?.id ?? '';
  await step(gateway, id, claimWebhook(delivery, 'w'));
  const refused = { durationMs: 7, status: 410, error: 'GONE' } as const;
  return { job: await step(gateway, id, webhookGivenUp(delivery, refused)), delivery };
}

describe('a webhook', () => {
  it('is added, for all events unless some are named, and its secret shown', async () => {
    const answer = await gateway.as(auth.ada).post('/webhooks').send({ url }).expect(201);
    const { id, secret, ...view } = newWebhookViewSchema.strict().parse(answer.body);
    expect(view).toMatchObject({ url, events: [...webhookEvents], enabled: true });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(answer.headers).toMatchObject({ location: `/webhooks/${id}`, 'cache-control': 'no-store' });
    expect(await add(auth.ada, { url, events: ['job.failed'], enabled: false })).toMatchObject({
      events: ['job.failed'],
      enabled: false,
    });
  });

  it('is shown to its owner, without the secret', async () => {
    const [one, other] = [await add(auth.ada), await add(auth.ada)];
    await add(auth.bob);
    const list = await gateway.as(auth.ada).get('/webhooks').expect(200);
    expect(list.text).not.toContain('whsec_');
    const { webhooks } = webhookListSchema.strict().parse(list.body);
    expect(webhooks.map(({ id }) => id)).toEqual([one.id, other.id]);
    const { body } = await gateway.as(auth.ada).get(`/webhooks/${one.id}`).expect(200);
    expect(webhookViewSchema.strict().parse(body)).toEqual(webhooks[0]);
  });

  it('is changed in parts', async () => {
    const { id, createdAt } = await add(auth.ada);
    const change = async (body: object) =>
      (await gateway.as(auth.ada).patch(`/webhooks/${id}`).send(body).expect(200)).body as unknown;
    expect(await change({ enabled: false })).toMatchObject({ enabled: false, url });
    expect(await change({ events: ['job.cancelled', 'job.failed', 'job.failed'] })).toMatchObject({
      events: ['job.failed', 'job.cancelled'],
    });
    expect(await change({ url: 'http://example.com' })).toEqual(
      expect.objectContaining({ id, createdAt, url: 'http://example.com/', enabled: false }),
    );
    expect(await change({})).toMatchObject({ events: ['job.failed', 'job.cancelled'], enabled: false });
  });

  it('is deleted', async () => {
    const { id } = await add(auth.ada);
    await gateway.as(auth.ada).delete(`/webhooks/${id}`).expect(204);
    expectProblem(await gateway.as(auth.ada).get(`/webhooks/${id}`), 'NOT_FOUND');
    expectProblem(await gateway.as(auth.ada).delete(`/webhooks/${id}`), 'NOT_FOUND');
  });

  it('is one of ten at most, however many are added at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: MAX_WEBHOOKS + 5 }, () => gateway.as(auth.ada).post('/webhooks').send({ url })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_WEBHOOKS);
    const refused = answers.find(({ status }) => status !== 201);
    if (refused !== undefined) expectProblem(refused, 'TOO_MANY_WEBHOOKS');
    await add(auth.bob);
  });

  it('waits for a store that is away', async () => {
    gateway.faults.owners.get = () => Promise.reject(new UnavailableError('owner store'));
    expectProblem(await gateway.as(auth.ada).get('/webhooks'), 'STORE_UNAVAILABLE');
    expectProblem(await gateway.as(auth.ada).post('/webhooks').send({ url }), 'STORE_UNAVAILABLE');
  });
});

describe('what is no address of a webhook', () => {
  const table: [unknown, ProblemCode][] = [
    [undefined, 'INVALID_INPUT'],
    [7, 'INVALID_INPUT'],
    ['', 'INVALID_INPUT'],
    ['example.org/hook', 'INVALID_INPUT'],
    ['https://', 'INVALID_INPUT'],
    ['https://exa mple.org/', 'INVALID_INPUT'],
    ['ftp://example.org/', 'INVALID_INPUT'],
    ['file:///etc/passwd', 'INVALID_INPUT'],
    ['javascript:alert(1)', 'INVALID_INPUT'],
    ['https://ada:secret@example.org/', 'INVALID_INPUT'],
    ['https://example.org/#part', 'INVALID_INPUT'],
    [`https://example.org/${'x'.repeat(2100)}`, 'INVALID_INPUT'],
    ['http://127.0.0.1/', 'WEBHOOK_URL_REFUSED'],
    ['http://2130706433/', 'WEBHOOK_URL_REFUSED'],
    ['http://[::1]/', 'WEBHOOK_URL_REFUSED'],
    ['http://[::ffff:10.0.0.1]/', 'WEBHOOK_URL_REFUSED'],
    ['http://169.254.169.254/latest/meta-data/', 'WEBHOOK_URL_REFUSED'],
    ['http://10.96.0.1/', 'WEBHOOK_URL_REFUSED'],
    ['http://localhost:8080/', 'WEBHOOK_URL_REFUSED'],
    ['http://mongodb:27017/', 'WEBHOOK_URL_REFUSED'],
    ['http://gateway.clipscribe.svc.cluster.local/', 'WEBHOOK_URL_REFUSED'],
    ['https://example.org:25/', 'WEBHOOK_URL_REFUSED'],
  ];

  it.each(table)('%p', async (text, code) => {
    const { id } = await add(auth.ada);
    expectProblem(await gateway.as(auth.ada).post('/webhooks').send({ url: text }), code);
    if (text !== undefined)
      expectProblem(await gateway.as(auth.ada).patch(`/webhooks/${id}`).send({ url: text }), code);
    const { webhooks } = await gateway.owners.get(auth.ada.userId);
    expect(webhooks.map((webhook) => webhook.url)).toEqual([url]);
  });

  it.each([
    [{ url, events: [] }, 'INVALID_INPUT'],
    [{ url, events: ['job.exploded'] }, 'INVALID_INPUT'],
    [{ url, events: 'job.failed' }, 'INVALID_INPUT'],
    [{ url, enabled: 'yes' }, 'INVALID_INPUT'],
    [{ url, secret: 'whsec_mine' }, 'INVALID_INPUT'],
    [[], 'INVALID_INPUT'],
    ['{"url":', 'INVALID_JSON'],
    [JSON.stringify({ url: `https://example.org/${'x'.repeat(11_000)}` }), 'TOO_LARGE'],
  ] as const)('a body of %p', async (body, code) => {
    const answer = await gateway.as(auth.ada).post('/webhooks').type('json').send(body);
    expectProblem(answer, code);
  });

  it('a form', async () => {
    const answer = await gateway.as(auth.ada).post('/webhooks').type('form').send({ url });
    expectProblem(answer, 'UNSUPPORTED_TYPE');
  });
});

describe('secrets', () => {
  const secretOf = async (id: string) =>
    webhookSecretSchema
      .strict()
      .parse((await gateway.as(auth.ada).get(`/webhooks/${id}/secret`).expect(200)).body);
  const rotate = async (id: string) =>
    webhookSecretSchema
      .strict()
      .parse((await gateway.as(auth.ada).post(`/webhooks/${id}/rotate-secret`).expect(200)).body);

  it.each(['a webhook', 'upload'])('of %s are shown, and rotated with a day for both', async (what) => {
    const id = what === 'upload' ? what : (await add(auth.ada)).id;
    const first = await secretOf(id);
    expect(await secretOf(id)).toEqual(first);
    const second = await rotate(id);
    expect(second.secret).not.toBe(first.secret);
    expect(second.previous?.secret).toBe(first.secret);
    const left = Date.parse(second.previous?.validUntil ?? '') - Date.now();
    expect(left / 3_600_000).toBeCloseTo(24, 1);
    expect(await secretOf(id)).toEqual(second);
    expect((await rotate(id)).previous?.secret).toBe(second.secret);
  });

  it('of uploads are made once, by whoever asks first', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => secretOf('upload')));
    expect(new Set(answers.map(({ secret }) => secret)).size).toBe(1);
    expect((await gateway.owners.get(auth.bob.userId)).uploadSecrets).toEqual([]);
  });
});

describe('the log of deliveries', () => {
  it('is shown with the job', async () => {
    const { job, delivery } = await toldJob(null);
    const { body } = await gateway.as(auth.ada).get(`/jobs/${job.id}/webhooks`).expect(200);
    const { deliveries } = webhookDeliveryListSchema.strict().parse(body);
    expect(deliveries).toMatchObject([
      {
        ...{ id: delivery, jobId: job.id, webhookId: null, url, event: 'job.failed', run: 1 },
        ...{ state: 'failed', attemptCount: 1 },
        attempts: [{ durationMs: 7, status: 410, error: { code: 'GONE' } }],
      },
    ]);
    const view = await gateway.as(auth.ada).get(`/jobs/${job.id}`).expect(200);
    expect(view.body).toMatchObject({ links: { webhooks: `/jobs/${job.id}/webhooks` } });
  });

  it('is shown with the webhook, over its jobs, the newest first', async () => {
    const { id } = await add(auth.ada);
    const first = await toldJob(id);
    await toldJob(newId());
    const last = await toldJob(id);
    const { body } = await gateway.as(auth.ada).get(`/webhooks/${id}/deliveries`).expect(200);
    const page = webhookDeliveryPageSchema.strict().parse(body);
    expect(page.deliveries.map((delivery) => delivery.id)).toEqual([last.delivery, first.delivery]);
    expect(page.nextCursor).toBeNull();
    const older = await gateway.as(auth.ada).get(`/webhooks/${id}/deliveries?cursor=${last.job.id}`);
    expect(webhookDeliveryPageSchema.parse(older.body).deliveries).toHaveLength(1);
    expectProblem(await gateway.as(auth.ada).get(`/webhooks/${id}/deliveries?cursor=x`), 'INVALID_INPUT');
  });

  it('is empty for a job that nobody was told of', async () => {
    const { id } = await failedJob(gateway, auth.ada);
    const { body } = await gateway.as(auth.ada).get(`/jobs/${id}/webhooks`).expect(200);
    expect(body).toEqual({ deliveries: [] });
  });
});

describe('a replay', () => {
  const replay = (person: Person, job: Job, delivery: string) =>
    gateway.as(person).post(`/jobs/${job.id}/webhooks/${delivery}/replay`);

  it('has a delivery made once more', async () => {
    const { job, delivery } = await toldJob(null);
    const told = Promise.withResolvers<string>();
    const consumer = await gateway.queue.consume('webhook', { slots: 1 }, ({ body }) => {
      if (parseMessage('webhook', body)?.delivery === delivery) told.resolve(body);
      return Promise.resolve({ kind: 'done' });
    });
    const answer = await replay(auth.ada, job, delivery).expect(202);
    expect(answer.body).toMatchObject({ id: delivery, state: 'pending', attemptCount: 1 });
    await told.promise;
    await consumer.stop();
    expectProblem(await replay(auth.ada, job, delivery), 'NOT_REPLAYABLE');
    await step(gateway, job.id, claimWebhook(delivery, 'w'));
    await step(gateway, job.id, webhookDelivered(delivery, { durationMs: 1, status: 204 }));
    await replay(auth.ada, job, delivery).expect(202);
  });

  it('needs a delivery of that job', async () => {
    const [one, other] = [await toldJob(null), await toldJob(null)];
    expectProblem(await replay(auth.ada, one.job, other.delivery), 'NOT_FOUND');
    expectProblem(await replay(auth.ada, one.job, 'nonsense'), 'NOT_FOUND');
  });
});

describe('what belongs to somebody else', () => {
  const routes: ['get' | 'patch' | 'delete' | 'post', string][] = [
    ['get', '/webhooks/:id'],
    ['patch', '/webhooks/:id'],
    ['delete', '/webhooks/:id'],
    ['get', '/webhooks/:id/secret'],
    ['post', '/webhooks/:id/rotate-secret'],
    ['get', '/webhooks/:id/deliveries'],
  ];

  it.each(routes)('does not exist: %s %s', async (method, path) => {
    const { id } = await add(auth.ada);
    const before = await gateway.owners.get(auth.ada.userId);
    for (const person of [auth.bob, auth.admin]) {
      expectProblem(await gateway.as(person)[method](path.replace(':id', id)), 'NOT_FOUND');
      expectProblem(await gateway.as(person)[method](path.replace(':id', newId())), 'NOT_FOUND');
      expectProblem(await gateway.as(person)[method](path.replace(':id', 'a%00b')), 'NOT_FOUND');
    }
    expect(await gateway.owners.get(auth.ada.userId)).toEqual(before);
  });

  it('is no log of a job either, and cannot be replayed', async () => {
    const { job, delivery } = await toldJob(null);
    expectProblem(await gateway.as(auth.bob).get(`/jobs/${job.id}/webhooks`), 'NOT_FOUND');
    const path = `/jobs/${job.id}/webhooks/${delivery}/replay`;
    expectProblem(await gateway.as(auth.bob).post(path), 'NOT_FOUND');
  });

  it.each([...routes, ['get', '/webhooks'], ['post', '/webhooks']] as [(typeof routes)[0][0], string][])(
    'nor without a token: %s %s',
    async (method, path) => {
      const { id } = await add(auth.ada);
      expectProblem(await gateway.client[method](path.replace(':id', id)), 'NO_TOKEN');
    },
  );
});

describe('the option of an upload', () => {
  const upload = (webhook: string) =>
    gateway.as(auth.ada).post('/upload').field('webhook', webhook).attach('file', Buffer.from('x'), 'a.mp4');

  it('is kept with the job', async () => {
    const { body } = await upload(url).expect(202);
    expect(body).toMatchObject({ jobs: [{ options: { webhook: url } }] });
  });

  it.each(['nonsense', 'ftp://example.org/', 'http://127.0.0.1:9/', 'http://redis:6379/'])(
    'is refused when it is %s, and nothing is left',
    async (webhook) => {
      expectProblem(await upload(webhook), 'INVALID_OPTION');
      expect(await gateway.leftovers()).toEqual({ jobs: [], intents: 0, files: [] });
    },
  );

  it.each([
    [url, 201],
    ['http://10.0.0.1/', 400],
    ['nonsense', 400],
  ])('is taken and refused alike for resumable uploads: %s', async (webhook, status) => {
    const metadata = `filename ${btoa('a.mp4')},webhook ${btoa(webhook)}`;
    const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Length': '3', 'Upload-Metadata': metadata };
    await gateway.as(auth.ada).post('/uploads').set(headers).expect(status);
  });
});
