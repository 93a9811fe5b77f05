import { setTimeout as delay } from 'node:timers/promises';
import { JobFailure, newId, webhookEvents, type Job, type WebhookDelivery } from '@clipscribe/contracts';
import { claimVideo, transition, videoAttemptFailed } from '@clipscribe/job-protocol';
import { insert, sampleJob } from '@clipscribe/job-store/testing';
import { changeSettings, type WebhookEndpoint } from '@clipscribe/owner-store';
import { createMetrics, silentLog } from '@clipscribe/runtime';
import { AddressRules, newSecret, WebhookSender } from '@clipscribe/webhooks';
import { Receiver } from '@clipscribe/webhooks/testing';
import { createWebhookWorker, type WebhookWorkerDeps } from '../src/webhook-worker.ts';
import type { NotificationWorker } from '../src/worker.ts';
import { NotifiedJobs } from './notified-jobs.ts';

/** The webhook worker on embedded stores, and receivers on loopback, which it may call. */
export class WebhookBench {
  readonly stores: NotifiedJobs;
  readonly #open: (() => Promise<unknown>)[] = [];

  private constructor(stores: NotifiedJobs) {
    this.stores = stores;
  }

  static async open(): Promise<WebhookBench> {
    return new WebhookBench(await NotifiedJobs.open());
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
    await this.stores.close();
  }

  async receiver(...options: Parameters<typeof Receiver.start>): Promise<Receiver> {
    const receiver = await Receiver.start(...options);
    this.#open.push(() => receiver.close());
    return receiver;
  }

  /** Starts a worker that is stopped with everything else. */
  async start(
    more: Partial<WebhookWorkerDeps> & { attemptMs?: number; allow?: string[] } = {},
  ): Promise<NotificationWorker> {
    const { attemptMs = 60_000, allow = ['127.0.0.1'], ...deps } = more;
    const { jobs, owners, queue } = this.stores;
    const worker = createWebhookWorker({
      ...{ jobs, owners, queue, log: silentLog, metrics: createMetrics('notification') },
      sender: new WebhookSender({ rules: new AddressRules(allow), attemptMs }),
      baseUrl: 'https://clips.example.org',
      clock: Date.now,
      slots: 8,
      ...deps,
    });
    this.#open.push(async () => {
      worker.giveBack();
      await worker.finish();
    });
    await worker.start();
    return worker;
  }

  /** Gives the owner a webhook for everything, unless said otherwise. */
  async addWebhook(
    ownerId: string,
    url: string,
    values: Partial<WebhookEndpoint> = {},
  ): Promise<WebhookEndpoint> {
    const endpoint: WebhookEndpoint = {
      ...{ id: newId(), url, events: [...webhookEvents], enabled: true, createdAt: 1 },
      secrets: [newSecret(1)],
      ...values,
    };
    await this.changeWebhooks(ownerId, (webhooks) => [...webhooks, endpoint]);
    return endpoint;
  }

  async changeWebhooks(
    ownerId: string,
    change: (webhooks: WebhookEndpoint[]) => WebhookEndpoint[],
  ): Promise<void> {
    await changeSettings(this.stores.owners, ownerId, (settings) => ({
      ...settings,
      webhooks: change(settings.webhooks),
    }));
  }

  /** A job that fails now: its webhooks are to be planned. */
  async failedJob(ownerId: string, options: Partial<Job['options']> = {}): Promise<Job> {
    const made = sampleJob({ ownerId, state: 'queued', outbox: [] });
    const job = { ...made, options: { ...made.options, ...options } };
    const { jobs, queue } = this.stores;
    await insert(jobs, job);
    const ports = { jobs, queue, log: silentLog };
    await transition(ports, job.id, claimVideo('w'));
    const failed = await transition(ports, job.id, videoAttemptFailed(new JobFailure('NO_AUDIO_TRACK')));
    if (failed === null) throw new Error('the job did not fail');
    return failed;
  }

  /** Resolves with the job's only delivery when the condition holds. */
  async delivery(jobId: string, holds: (delivery: WebhookDelivery) => boolean): Promise<WebhookDelivery> {
    for (;;) {
      const [delivery] = (await this.stores.job(jobId)).webhooks?.deliveries ?? [];
      if (delivery !== undefined && holds(delivery)) return delivery;
      await delay(5);
    }
  }

  attempted(jobId: string, count = 1): Promise<WebhookDelivery> {
    return this.delivery(jobId, ({ attemptCount, lease }) => attemptCount >= count && lease === undefined);
  }

  /** Lets the next attempt come now: the queue has a clock of its own, so its message is sent again. */
  async nextAttempt(jobId: string): Promise<void> {
    const [delivery] = (await this.stores.job(jobId)).webhooks?.deliveries ?? [];
    this.stores.now = Math.max(this.stores.now, delivery?.retryAt ?? 0);
    await this.stores.queue.publish('webhook', JSON.stringify({ v: 1, jobId, delivery: delivery?.id }));
  }
}
