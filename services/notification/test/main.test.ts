import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError, StartError, type Env } from '@clipscribe/runtime';
import { start, type NotificationService } from '../src/main.ts';
import { SmtpTestServer } from '../testing/index.ts';
import { NotifiedJobs } from './notified-jobs.ts';

let stores: NotifiedJobs;
let service: NotificationService | undefined;

beforeEach(async () => {
  stores = await NotifiedJobs.open();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await stores.close();
});

function env(more: Env = {}): Env {
  return {
    JOBS_URL: `sqlite:${join(stores.folder, 'jobs.db')}`,
    QUEUE_URL: `sqlite:${join(stores.folder, 'queue.db')}`,
    MAIL_URL: `file:${stores.outbox}`,
    LOG_LEVEL: 'silent',
    ...more,
  };
}

describe('the notification service', () => {
  it('mails over SMTP what other processes put into the queue', async () => {
    const arrived = Promise.withResolvers<string>();
    const server = await SmtpTestServer.start({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: ({ address }, _session, callback) => {
        arrived.resolve(address);
        callback();
      },
    });
    try {
      service = await start(env({ MAIL_URL: server.url(), MAIL_FROM: 'Clips <clips@example.org>' }));
      const job = await stores.add();
      await stores.publish(job);
      expect(await arrived.promise).toBe('ada@example.org');
      await service.stop();
      expect(server.received).toHaveLength(1);
      expect(server.received[0]?.toString()).toMatch(/^From: Clips <clips@example.org>\r$/m);
      expect(await stores.job(job.id)).toMatchObject({ notice: { state: 'sent' } });
    } finally {
      await server.close();
    }
  });

  it('works without anything but files', async () => {
    const job = await stores.add();
    await stores.publish(job);
    service = await start(env());
    while ((await stores.job(job.id)).notice?.state === 'pending')
      await new Promise((resolve) => setImmediate(resolve));
    await service.stop();
    expect(await stores.mails()).toHaveLength(1);
  });

  it('serves metrics and health where METRICS_PORT says, until it stops', async () => {
    service = await start(env({ METRICS_PORT: '0' }));
    const url = service.managementUrl ?? '';
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { jobs: 'ok', owners: 'ok', queue: 'ok' } },
    ]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('clipscribe_messages_total');
    expect(metrics).toMatch(/^clipscribe_mail_paused\{.*\} 0$/m);
    await service.stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('listens nowhere without METRICS_PORT', async () => {
    service = await start(env());
    expect(service.managementUrl).toBeUndefined();
  });

  it.each([
    ['JOBS_URL', 'nonsense:'],
    ['OWNERS_URL', 'nonsense:'],
    ['QUEUE_URL', 'nonsense:'],
    ['MAIL_URL', 'nonsense:'],
    ['MAIL_FROM', 'nobody'],
  ])('refuses %s=%s, and leaves nothing open', async (name, value) => {
    await expect(start(env({ [name]: value }))).rejects.toThrow(ConfigError);
    await expect(start(env({ [name]: value }))).rejects.toThrow(name);
  });

  it('says what it cannot use', async () => {
    await writeFile(stores.outbox, 'in the way');
    await expect(start(env())).rejects.toThrow(StartError);
  });

  it('says that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    const { port } = other.address() as AddressInfo;
    await expect(start(env({ METRICS_PORT: String(port) }))).rejects.toThrow(StartError);
    other.close();
    await once(other, 'close');
  });
});
