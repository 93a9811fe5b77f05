import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { start, type NotificationService } from '../src/main.ts';
import { WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
let service: NotificationService | undefined;

beforeEach(async () => {
  bench = await WebhookBench.open();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await bench.close();
});

function env(more: Record<string, string>): Record<string, string> {
  const { folder, outbox } = bench.stores;
  return {
    JOBS_URL: `sqlite:${join(folder, 'jobs.db')}`,
    OWNERS_URL: `sqlite:${join(folder, 'owners.db')}`,
    QUEUE_URL: `sqlite:${join(folder, 'queue.db')}`,
    MAIL_URL: `file:${outbox}`,
    WEBHOOK_ALLOW: '127.0.0.1',
    LOG_LEVEL: 'silent',
    ...more,
  };
}

describe('the notification service', () => {
  it('delivers webhooks while no mail can be sent', async () => {
    // Nobody listens on port 1.
    service = await start(env({ MAIL_URL: 'smtp://127.0.0.1:1' }));
    const receiver = await bench.receiver();
    const job = await bench.failedJob(newId(), { webhook: receiver.url() });
    expect(await bench.attempted(job.id)).toMatchObject({ state: 'delivered' });
    expect(await bench.stores.job(job.id)).toMatchObject({ notice: { state: 'pending' } });
  });

  it('calls nobody in private networks unless it is told to', async () => {
    service = await start(env({ WEBHOOK_ALLOW: '10.0.0.0/8' }));
    const receiver = await bench.receiver();
    const job = await bench.failedJob(newId(), { webhook: receiver.url() });
    const { attempts } = await bench.attempted(job.id);
    expect(attempts).toMatchObject([{ error: 'ADDRESS_REFUSED' }]);
    expect(receiver.received).toEqual([]);
  });
});
