import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  newWebhookViewSchema,
  webhookDeliveryListSchema,
  webhookSecretSchema,
  type JobView,
  type WebhookDeliveryView,
} from '@clipscribe/contracts';
import { answers, Receiver, verified, type Answer } from '@clipscribe/webhooks/testing';
import { Client, filePart } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { describeOnEachPlatform, describeOnServers } from '../support/platforms.ts';
import type { Running } from '../support/running.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword, startSuite } from '../support/suite-process.ts';

/** Longer than a lease of a killed sender and the sweep after it. */
const HEAL_MS = 150_000;
const env = { WEBHOOK_ALLOW: '127.0.0.1', TRANSCRIBER: 'none' };

/** Adds a webhook; gives its secret. */
async function addWebhook(client: Client, url: string): Promise<string> {
  const body = JSON.stringify({ url });
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch('/webhooks', { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  return newWebhookViewSchema.parse(await answer.json()).secret;
}

async function deliveriesOf(client: Client, jobId: string): Promise<WebhookDeliveryView[]> {
  const answer = await client.fetch(`/jobs/${jobId}/webhooks`);
  return webhookDeliveryListSchema.parse(await answer.json()).deliveries;
}

/** Waits until the only delivery of a job is as it should be. */
async function delivery(
  client: Client,
  jobId: string,
  holds: (delivery: WebhookDeliveryView) => boolean,
): Promise<WebhookDeliveryView> {
  let found: WebhookDeliveryView | undefined;
  await soon(async () => {
    [found] = await deliveriesOf(client, jobId);
    return found !== undefined && holds(found);
  }, HEAL_MS);
  if (found === undefined) throw new Error('there is no delivery');
  return found;
}

const isDelivered = ({ state }: WebhookDeliveryView): boolean => state === 'delivered';
const hasFailedOnce = ({ attemptCount, state }: WebhookDeliveryView): boolean =>
  attemptCount > 0 && state === 'pending';

async function removeWebhooks(client: Client): Promise<void> {
  const { webhooks } = (await (await client.fetch('/webhooks')).json()) as { webhooks: { id: string }[] };
  for (const { id } of webhooks) await client.fetch(`/webhooks/${id}`, { method: 'DELETE' });
}

describeOnEachPlatform('webhooks', (start) => {
  let folder: string;
  let suite: Running;
  let client: Client;
  let clip: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-webhooks-'));
    clip = await makeClip(join(folder, 'clip.mp4'), 2, 1);
    suite = await start(join(folder, 'data'), env);
    client = await Client.login(suite.url, adminEmail, adminPassword);
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function upload(fields: Record<string, string> = {}): Promise<JobView> {
    const [job] = await client.upload([await filePart(clip)], { transcript: 'false', ...fields });
    if (job === undefined) throw new Error('no job');
    return job;
  }

  /** Runs with receivers that answer so, and nothing of them afterwards. */
  async function withReceivers(
    behaviours: Answer[],
    work: (receivers: Receiver[]) => Promise<void>,
  ): Promise<void> {
    const receivers = await Promise.all(behaviours.map((answer) => Receiver.start(answer)));
    try {
      await work(receivers);
    } finally {
      for (const receiver of receivers) await receiver.close();
      await removeWebhooks(client);
    }
  }

  it('tell of a job’s end: one of the user’s, and one of the upload, each signed with its secret', () =>
    withReceivers([answers.status(204), answers.status(204)], async ([own, single]) => {
      const secret = await addWebhook(client, own?.url() ?? '');
      const uploadSecret = await (await client.fetch('/webhooks/upload/secret')).json();
      const { id } = await upload({ webhook: single?.url('/single') ?? '' });
      await own?.requests(1);
      await single?.requests(1);
      await soon(async () => (await deliveriesOf(client, id)).filter(isDelivered).length === 2);
      const job = await client.job(id);
      const [toOwn, toSingle] = [own?.received[0], single?.received[0]];
      const payload = toOwn && verified(toOwn, secret);
      expect(payload).toMatchObject({
        type: 'job.succeeded',
        timestamp: job.finishedAt,
        data: { job: { id, state: 'succeeded', audio: { fileId: job.audio.fileId } } },
      });
      const { secret: single_ } = webhookSecretSchema.parse(uploadSecret);
      expect((toSingle && verified(toSingle, single_))?.data.job.id).toBe(id);
      expect([own?.received.length, single?.received.length]).toEqual([1, 1]);
      const audio = await fetch(payload?.data.job.links.audio ?? '', {
        headers: { authorization: `Bearer ${client.token}` },
      });
      expect((await audio.arrayBuffer()).byteLength).toBe(job.audio.bytes);
    }));

  it('tell of a job that was cancelled, and of its next run', () =>
    withReceivers([answers.status(204)], async ([receiver]) => {
      const secret = await addWebhook(client, receiver?.url() ?? '');
      const { id } = await upload();
      await client.fetch(`/jobs/${id}/cancel`, { method: 'POST' });
      const { state } = await client.ended(id);
      if (state === 'cancelled') await client.fetch(`/jobs/${id}/retry`, { method: 'POST' });
      await client.until(id, (job) => job.state === 'succeeded');
      // The clip may have been faster than its cancelling.
      const types = state === 'cancelled' ? ['job.cancelled', 'job.succeeded'] : ['job.succeeded'];
      const received = await receiver?.requests(types.length);
      expect(received?.map((each) => verified(each, secret).type).toSorted()).toEqual(types);
    }));

  it('reach a receiver that was away, under the same id', () =>
    withReceivers([answers.status(204)], async ([receiver]) => {
      const url = receiver?.url() ?? '';
      const secret = await addWebhook(client, url);
      await receiver?.close();
      const { id } = await upload();
      const waiting = await delivery(client, id, hasFailedOnce);
      expect(waiting.attempts[0]?.error?.code).toBe('CONNECTION_FAILED');
      expect(waiting.nextAttemptAt).toBeDefined();
      await receiver?.listen(Number(new URL(url).port));
      const [received] = (await receiver?.requests(1)) ?? [];
      expect(received && verified(received, secret).data.job.id).toBe(id);
      expect(received?.headers['webhook-id']).toBe(waiting.id);
      expect((await delivery(client, id, isDelivered)).attempts[0]).toMatchObject({ status: 204 });
    }));

  it('say what is wrong with a receiver, and leave the job and the mail alone', () =>
    withReceivers(
      [answers.hang, answers.status(302, { location: '/' }), answers.huge(100e6), answers.status(410)],
      async (receivers) => {
        for (const receiver of receivers) await addWebhook(client, receiver.url());
        const { id } = await upload();
        expect(await client.ended(id)).toMatchObject({ state: 'succeeded' });
        const codes = async (): Promise<(string | undefined)[]> =>
          (await deliveriesOf(client, id)).map(({ attempts }) => attempts.at(-1)?.error?.code);
        await soon(async () => !(await codes()).includes(undefined) && (await codes()).length === 4, 40_000);
        expect((await codes()).toSorted()).toEqual(['ANSWER_TOO_LARGE', 'GONE', 'REDIRECTED', 'TIMEOUT']);
        const list = (await (await client.fetch('/webhooks')).json()) as { webhooks: { enabled: boolean }[] };
        expect(list.webhooks.map(({ enabled }) => enabled)).toEqual([true, true, true, false]);
      },
    ));

  it.each([
    ['malformed', 'nonsense', 'INVALID_INPUT'],
    ['private', 'http://10.0.0.1/', 'WEBHOOK_URL_REFUSED'],
    ['of the cloud', 'http://169.254.169.254/latest', 'WEBHOOK_URL_REFUSED'],
    ['of the cluster', 'http://mongodb.default.svc.cluster.local/', 'WEBHOOK_URL_REFUSED'],
  ])('are not sent to an address that is %s', async (_what, url, code) => {
    const answer = await client.fetch('/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code })]);
    const { status, body } = await client.post([await filePart(clip)], { webhook: url });
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ code: 'INVALID_OPTION' })]);
  });
});

/** A sender is killed while its receiver keeps it waiting; then everything is brought back. */
async function killedInDelivery(
  running: { client: Client; clip: string },
  kill: () => Promise<unknown>,
  restart: () => Promise<Client>,
): Promise<void> {
  const receiver = await Receiver.start(answers.hang);
  try {
    const secret = await addWebhook(running.client, receiver.url());
    const [job] = await running.client.upload([await filePart(running.clip)], { transcript: 'false' });
    await receiver.requests(1);
    await kill();
    receiver.answer = answers.status(204);
    const client = await restart();
    const { id, attempts } = await delivery(client, job?.id ?? '', isDelivered);
    expect(attempts.map(({ error }) => error?.code)).toEqual([undefined, 'WORKER_LOST']);
    const ids = receiver.received.map((received) => received.headers['webhook-id']);
    expect(ids).toEqual([id, id]);
    expect(receiver.received.map((received) => verified(received, secret).data.job.id)).toEqual([
      job?.id,
      job?.id,
    ]);
  } finally {
    await receiver.close();
  }
}

describe('a sender killed in mid-delivery', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-webhook-kill-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('delivers after its restart (embedded)', async () => {
    const clip = await makeClip(join(folder, 'clip.mp4'), 2, 1);
    const data = join(folder, 'data');
    let suite = await startSuite(data, env);
    const client = await Client.login(suite.url, adminEmail, adminPassword);
    const restart = async (): Promise<Client> => {
      suite = await startSuite(data, env);
      return new Client(suite.url, client.token);
    };
    await killedInDelivery({ client, clip }, () => suite.stop('SIGKILL'), restart);
    await suite.stop();
  });

  describeOnServers('(real servers)', () => {
    it('has another one deliver when its lease has run out', async () => {
      const clip = await makeClip(join(folder, 'clip.mp4'), 2, 1);
      const stack = await startStack(join(folder, 'stack'), env);
      try {
        const client = await Client.login(stack.url, adminEmail, adminPassword);
        const { notification } = stack.services;
        const restart = async (): Promise<Client> => {
          await notification.start();
          return client;
        };
        await killedInDelivery({ client, clip }, () => notification.signal('SIGKILL'), restart);
      } finally {
        await stack.stop();
      }
    }, 240_000);
  });
});
