import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  JobFailure,
  jobViewSchema,
  type Job,
  type WebhookDelivery,
  type WebhookEvent,
} from '@clipscribe/contracts';
import {
  cancel,
  claimNotice,
  claimVideo,
  claimWebhook,
  LEASE_MS,
  MAX_DELIVERIES,
  MAX_LOGGED_ATTEMPTS,
  noticeSent,
  planWebhooks,
  replayWebhook,
  retry,
  startDeletion,
  videoAttemptFailed,
  WEBHOOK_LIMIT_MS,
  webhookAddressed,
  webhookAttemptFailed,
  webhookDelivered,
  webhookGivenBack,
  webhookGivenUp,
  webhookPostponed,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const hook = { endpointId: null, url: 'https://example.org/hook' };
const taken = { durationMs: 20, status: 204 };
const refused = { durationMs: 20, status: 500, error: 'NOT_2XX' } as const;
const permanent = (): JobFailure => new JobFailure('NO_AUDIO_TRACK');

/** A job whose first run failed, just now: nobody knows yet whom to tell. */
async function failed(): Promise<Job> {
  const { id } = await life.converting(bench);
  bench.queue.takeAll();
  return bench.apply(id, videoAttemptFailed(permanent()));
}

/** The same with one delivery. */
async function planned(): Promise<{ jobId: string; id: string }> {
  const { id: jobId } = await failed();
  const job = await bench.apply(
    jobId,
    planWebhooks(() => [hook]),
  );
  bench.queue.takeAll();
  return { jobId, id: job.webhooks?.deliveries[0]?.id ?? '' };
}

async function delivery(jobId: string, id: string): Promise<WebhookDelivery> {
  const found = (await bench.job(jobId)).webhooks?.deliveries.find((each) => each.id === id);
  if (found === undefined) throw new Error('there is no such delivery');
  return found;
}

const events: [string, () => Promise<Job>, WebhookEvent][] = [
  ['fails', failed, 'job.failed'],
  ['is cancelled', async () => bench.apply((await life.transcribing(bench)).id, cancel), 'job.cancelled'],
];

describe('the end of a run', () => {
  it.each(events)('that %s asks for a plan, with the job as it is then', async (_name, make, type) => {
    const job = await make();
    expect(bench.queue.takeAll().at(-1)).toMatchObject({ queue: 'webhook', jobId: job.id, delayMs: 0 });
    expect(job.webhooks).toMatchObject({
      events: [{ run: 1, type, at: bench.clock.now, isPlanned: false }],
      deliveries: [],
    });
    expect(job.dueAt).not.toBeNull();
    const view = jobViewSchema.parse(JSON.parse(job.webhooks?.events[0]?.view ?? ''));
    expect(view).toMatchObject({ id: job.id, state: type.slice('job.'.length), run: 1 });
    expect(view.error).toEqual(job.error);
  });

  it('does not show one receiver the address of another', async () => {
    const { id } = await bench.accept({ webhook: 'https://example.org/hook?key=secret' });
    const job = await bench.apply(id, claimVideo('w'), videoAttemptFailed(permanent()));
    expect(job.webhooks?.events[0]?.view).not.toContain('secret');
  });

  it('is remembered however often the job runs meanwhile, within bounds', async () => {
    const { id } = await failed();
    for (let run = 2; run <= 70; run += 1) await bench.apply(id, retry, cancel);
    const { webhooks } = await bench.job(id);
    expect(webhooks?.events.map(({ run }) => run)).toEqual(Array.from({ length: 50 }, (_, n) => n + 21));
  });
});

describe('planWebhooks', () => {
  it('adds a delivery for each target of each event, with its message', async () => {
    const { id, ownerId: endpointId } = await failed();
    await bench.apply(id, retry, cancel);
    bench.queue.takeAll();
    const targets = { 'job.failed': [hook, { ...hook, endpointId }], 'job.cancelled': [hook] };
    const job = await bench.apply(
      id,
      planWebhooks((event) => (event === 'job.failed' || event === 'job.cancelled' ? targets[event] : [])),
    );
    const fresh = { state: 'pending', failures: 0, attempts: [], startedAt: bench.clock.now };
    expect(job.webhooks?.deliveries).toMatchObject([
      { ...hook, ...fresh, run: 1 },
      { ...hook, ...fresh, endpointId, run: 1 },
      { ...hook, ...fresh, run: 2 },
    ]);
    expect(job.webhooks?.events).toMatchObject([
      { run: 1, isPlanned: true },
      { run: 2, isPlanned: true },
    ]);
    expect(bench.queue.takeAll().filter(({ queue }) => queue === 'webhook')).toHaveLength(3);
    expect(
      await bench.refuses(
        id,
        planWebhooks(() => [hook]),
      ),
    ).toBe(true);
  });

  it('leaves nothing when there is nobody to tell', async () => {
    const { id } = await failed();
    const job = await bench.apply(
      id,
      planWebhooks(() => []),
      claimNotice('p'),
      noticeSent,
    );
    expect(job).not.toHaveProperty('webhooks');
    expect(job).toMatchObject({ outbox: [], dueAt: null });
  });

  it('keeps a bounded log: what is over leaves it first', async () => {
    const { jobId, id } = await planned();
    for (let run = 2; run <= 12; run += 1) {
      await bench.apply(
        jobId,
        retry,
        cancel,
        planWebhooks(() => Array.from({ length: 11 }, () => hook)),
      );
      const old = (await bench.job(jobId)).webhooks?.deliveries.at(-1)?.id ?? '';
      if (run === 2) await bench.apply(jobId, claimWebhook(old, 'w'), webhookDelivered(old, taken));
      if (run === 10) expect(await delivery(jobId, id)).toMatchObject({ state: 'pending' });
    }
    const { webhooks } = await bench.job(jobId);
    expect(webhooks?.deliveries).toHaveLength(MAX_DELIVERIES);
    expect(webhooks?.deliveries.every(({ state }) => state === 'pending')).toBe(true);
    expect(webhooks?.deliveries.at(-1)?.run).toBe(12);
    expect(webhooks?.events.map(({ run }) => run)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});

describe('a delivery', () => {
  it('is claimed by one, and by another one when that is lost', async () => {
    const { jobId, id } = await planned();
    const job = await bench.apply(jobId, claimWebhook(id, 'a'));
    expect(job.dueAt).toBeLessThanOrEqual(bench.clock.now + LEASE_MS);
    expect(await bench.refuses(jobId, claimWebhook(id, 'b'))).toBe(true);
    bench.advance(LEASE_MS);
    await bench.apply(jobId, claimWebhook(id, 'b'));
    expect(await delivery(jobId, id)).toMatchObject({
      lease: { token: 'b' },
      failures: 1,
      attempts: [{ error: 'WORKER_LOST', at: bench.clock.now }],
    });
  });

  it('is over when it was taken', async () => {
    const { jobId, id } = await planned();
    const job = await bench.apply(
      jobId,
      claimNotice('p'),
      noticeSent,
      claimWebhook(id, 'a'),
      webhookAddressed(id, 'https://example.org/new', webhookDelivered(id, taken)),
    );
    expect(await delivery(jobId, id)).toMatchObject({
      state: 'delivered',
      url: 'https://example.org/new',
      failures: 0,
      attemptCount: 1,
      attempts: [{ at: bench.clock.now - 20, durationMs: 20, status: 204 }],
    });
    expect(await delivery(jobId, id)).not.toHaveProperty('lease');
    expect(job).toMatchObject({ dueAt: null, outbox: [] });
    expect(await bench.refuses(jobId, claimWebhook(id, 'b'))).toBe(true);
  });

  it('is tried for a day, then given up and kept for its owner', async () => {
    const { jobId, id } = await planned();
    const begin = bench.clock.now;
    let now = await delivery(jobId, id);
    for (let attempts = 1; now.state === 'pending'; attempts += 1) {
      expect(attempts).toBeLessThan(20);
      bench.clock.now = Math.max(bench.clock.now, now.retryAt ?? 0);
      await bench.apply(jobId, claimWebhook(id, 'a'), webhookAttemptFailed(id, refused));
      now = await delivery(jobId, id);
      expect(now.attempts).toHaveLength(attempts);
      if (now.state === 'failed') break;
      const [message] = bench.queue.takeAll().filter(({ queue }) => queue === 'webhook');
      expect(now.retryAt).toBe(bench.clock.now + (message?.delayMs ?? 0));
      expect(await bench.refuses(jobId, claimWebhook(id, 'early'))).toBe((message?.delayMs ?? 0) > 5000);
    }
    expect(bench.clock.now - begin).toBe(WEBHOOK_LIMIT_MS);
    expect(now).toMatchObject({ state: 'failed', failures: 9, attemptCount: 9 });
    expect(now).not.toHaveProperty('retryAt');
  });

  it('waits as long as its receiver asks for', async () => {
    const { jobId, id } = await planned();
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookAttemptFailed(id, refused, 3_600_000));
    expect((await delivery(jobId, id)).retryAt).toBe(bench.clock.now + 3_600_000);
  });

  it('is given up at once when there is no point in going on', async () => {
    const { jobId, id } = await planned();
    const gone = { durationMs: 1, status: 410, error: 'GONE' } as const;
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookGivenUp(id, gone));
    expect(await delivery(jobId, id)).toMatchObject({ state: 'failed', attempts: [gone] });
    expect(bench.queue.takeAll()).toEqual([]);
  });

  it('counts no attempt when it is postponed or given back', async () => {
    const { jobId, id } = await planned();
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookGivenBack(id));
    expect(bench.queue.takeAll()).toMatchObject([{ queue: 'webhook', delayMs: 0 }]);
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookPostponed(id, 7000));
    expect(bench.queue.takeAll()).toMatchObject([{ queue: 'webhook', delayMs: 7000 }]);
    expect(await delivery(jobId, id)).toMatchObject({ failures: 0, attemptCount: 0, attempts: [] });
  });

  it('is replayed under its id, with a day of its own, but not while it is under way', async () => {
    const { jobId, id } = await planned();
    expect(await bench.refuses(jobId, replayWebhook(id))).toBe(true);
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookGivenUp(id, refused));
    bench.advance(10 * WEBHOOK_LIMIT_MS);
    await bench.apply(jobId, replayWebhook(id));
    expect(bench.queue.takeAll()).toMatchObject([{ queue: 'webhook', delayMs: 0 }]);
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookAttemptFailed(id, refused));
    expect(await delivery(jobId, id)).toMatchObject({
      state: 'pending',
      startedAt: bench.clock.now,
      failures: 1 + 0,
      attemptCount: 2,
    });
    expect(await bench.refuses(jobId, replayWebhook('another'))).toBe(true);
  });

  it('keeps a bounded log of attempts', async () => {
    const { jobId, id } = await planned();
    for (let replays = 1; replays <= MAX_LOGGED_ATTEMPTS + 5; replays += 1)
      await bench.apply(jobId, claimWebhook(id, 'a'), webhookDelivered(id, taken), replayWebhook(id));
    expect(await delivery(jobId, id)).toMatchObject({ attemptCount: MAX_LOGGED_ATTEMPTS + 5 });
    expect((await delivery(jobId, id)).attempts).toHaveLength(MAX_LOGGED_ATTEMPTS);
  });

  it('goes on beside a further run and the mail, whose messages do not take its own', async () => {
    const { jobId, id } = await planned();
    bench.queue.capacity = 0;
    await bench.apply(jobId, claimWebhook(id, 'a'), webhookPostponed(id, 7000), claimNotice('p'), noticeSent);
    const job = await bench.apply(jobId, retry, claimVideo('w'));
    expect(job.outbox.map(({ queue }) => queue)).toEqual(['webhook']);
    bench.queue.capacity = Infinity;
    bench.advance(LEASE_MS);
    await bench.sweep();
    expect(bench.queue.takeAll().filter(({ queue }) => queue === 'webhook')).toHaveLength(1);
    expect(await bench.apply(jobId, claimWebhook(id, 'b'))).toMatchObject({ state: 'queued' });
  });

  it('ends with its job', async () => {
    const { jobId, id } = await planned();
    await bench.apply(jobId, claimWebhook(id, 'a'), startDeletion);
    expect(await bench.job(jobId)).not.toHaveProperty('webhooks');
    await bench.sweep();
    expect(await bench.refuses(jobId, claimWebhook(id, 'b'))).toBe(true);
  });
});

describe('the sweeper', () => {
  it('asks again for a plan whose message was lost', async () => {
    const { id } = await failed();
    bench.queue.takeAll();
    bench.clock.now = (await bench.job(id)).dueAt ?? 0;
    await bench.sweep();
    expect(bench.queue.takeAll().map(({ queue }) => queue)).toContain('webhook');
  });

  it("sends a lost sender's delivery out again", async () => {
    const { jobId, id } = await planned();
    await bench.apply(jobId, claimNotice('p'), noticeSent, claimWebhook(id, 'a'));
    bench.clock.now = (await bench.job(jobId)).dueAt ?? 0;
    await bench.sweep();
    expect(bench.queue.takeAll()).toMatchObject([{ queue: 'webhook', jobId }]);
    expect(await delivery(jobId, id)).toMatchObject({
      state: 'pending',
      attempts: [{ error: 'WORKER_LOST' }],
    });
  });

  it('asks again for a retry whose message was lost', async () => {
    const { jobId, id } = await planned();
    await bench.apply(jobId, claimNotice('p'), noticeSent, claimWebhook(id, 'a'));
    await bench.apply(jobId, webhookAttemptFailed(id, refused, 3_600_000));
    bench.queue.takeAll();
    const { dueAt } = await bench.job(jobId);
    expect(dueAt).toBeGreaterThan((await delivery(jobId, id)).retryAt ?? Infinity);
    bench.clock.now = dueAt ?? 0;
    await bench.sweep();
    expect(bench.queue.takeAll()).toMatchObject([{ queue: 'webhook', jobId }]);
  });
});
