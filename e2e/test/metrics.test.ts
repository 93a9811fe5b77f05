import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isOnPath } from '../../scripts/lib/programs.mjs';
import { Client, filePart } from '../support/client.ts';
import { describeOnServers } from '../support/platforms.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

const sample = fileURLToPath(new URL('../../samples/hello.mp4', import.meta.url));
const services = ['auth', 'gateway', 'converter', 'notification'] as const;

/** What prom-client calls things of Node, and promtool would call otherwise. */
const notOurs =
  /^nodejs_active_(handles|requests|resources)_total non-counter metrics should not have "_total" suffix$/;

/** Where promtool cannot be had, its tests are skipped, which is a failure under CI. */
const itWithPromtool = isOnPath('promtool') ? it : it.skip;

describeOnServers('the metrics of the services', () => {
  let folder: string;
  let stack: Awaited<ReturnType<typeof startStack>>;

  async function scrape(service: (typeof services)[number]): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${stack.services[service].port}/metrics`);
    return { status: answer.status, text: await answer.text() };
  }
  const has = async (service: (typeof services)[number], pattern: RegExp): Promise<boolean> =>
    pattern.test((await scrape(service)).text);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-metrics-'));
    stack = await startStack(join(folder, 'data'), { TRANSCRIBER: 'none' });
    const client = await Client.login(stack.url, adminEmail, adminPassword);
    const [job] = await client.upload([await filePart(sample)]);
    expect((await client.ended(job?.id ?? '')).state).toBe('succeeded');
  });
  afterAll(async () => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['auth', /^http_request_duration_seconds_count\{.*route="\/login".*\} 1$/m],
    ['gateway', /^http_request_duration_seconds_count\{.*route="\/upload",status="202"\} 1$/m],
    ['gateway', /^clipscribe_queue_messages\{queue="video",service="gateway"\} 0$/m],
    ['gateway', /^clipscribe_queue_delayed_messages\{queue="mp3",service="gateway"\} 0$/m],
    ['gateway', /^clipscribe_dead_letters\{queue="webhook",service="gateway"\} 0$/m],
    ['converter', /^clipscribe_job_duration_seconds_count\{.*outcome="succeeded"\} 1$/m],
    ['converter', /^clipscribe_stage_duration_seconds_count\{.*stage="video",outcome="done"\} 1$/m],
    ['converter', /^clipscribe_messages_total\{queue="video",outcome="done",service="converter"\} 1$/m],
    ['notification', /^clipscribe_stage_duration_seconds_count\{.*stage="mp3",outcome="done"\} 1$/m],
    ['notification', /^clipscribe_messages_total\{queue="mp3",outcome="done",service="notification"\} 1$/m],
    ['notification', /^clipscribe_mails_total\{outcome="sent",service="notification"\} 1$/m],
    ['notification', /^clipscribe_mail_paused\{service="notification"\} 0$/m],
  ] as const)('%s has %s', async (service, pattern) => {
    await soon(() => has(service, pattern));
  });

  itWithPromtool.each(services)('of %s are well formed', async (service) => {
    const { text } = await scrape(service);
    const { stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect(error).toBeUndefined();
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !notOurs.test(line));
    expect(said).toEqual([]);
  });

  it('are there while the broker is away, without the numbers of its queues, which come back with it', async () => {
    const { rabbitmq } = stack.servers;
    await rabbitmq.signal('SIGSTOP');
    try {
      await soon(async () => !(await has('gateway', /^clipscribe_queue_messages\{/m)));
      const { status, text } = await scrape('gateway');
      expect(status).toBe(200);
      expect(text).toMatch(/^http_request_duration_seconds_count/m);
      expect(text).not.toMatch(/^clipscribe_dead_letters\{/m);
    } finally {
      await rabbitmq.signal('SIGCONT');
    }
    await soon(() => has('gateway', /^clipscribe_queue_messages\{/m), 60_000);
  });
});
