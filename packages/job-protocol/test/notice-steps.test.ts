import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure } from '@clipscribe/contracts';
import {
  claimNotice,
  LEASE_MS,
  NOTICE_LIMIT_MS,
  noticeAttemptFailed,
  noticeGivenBack,
  noticeSent,
  revive,
  retry,
  startDeletion,
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

const refused = (): JobFailure => new JobFailure('MAIL_REJECTED');
const unavailable = (): JobFailure => new JobFailure('MAIL_UNAVAILABLE');

describe('claimNotice', () => {
  it.each(['succeeded', 'partial', 'failed'] as const)('takes the mail of a job that %s', async (state) => {
    const { id } = await life[state](bench);
    expect(await bench.apply(id, claimNotice('p'))).toMatchObject({
      state,
      lease: { token: 'p', expiresAt: bench.clock.now + LEASE_MS },
      dueAt: bench.clock.now + LEASE_MS,
    });
  });

  it.each(['queued', 'converting', 'transcribing', 'told'] as const)(
    'refuses a job that is %s',
    async (state) => {
      const { id } = await life[state](bench);
      bench.advance(10 * LEASE_MS);
      expect(await bench.refuses(id, claimNotice('p'))).toBe(true);
    },
  );

  it('refuses a mail that somebody is sending, and takes over from a lost sender', async () => {
    const { id } = await life.succeeded(bench);
    await bench.apply(id, claimNotice('p'));
    expect(await bench.refuses(id, claimNotice('q'))).toBe(true);
    bench.advance(LEASE_MS);
    expect(await bench.apply(id, claimNotice('q'))).toMatchObject({ lease: { token: 'q' } });
  });

  it('refuses the mail of a job that is being deleted, or of another run', async () => {
    const deleted = await life.succeeded(bench);
    await bench.apply(deleted.id, startDeletion);
    expect(await bench.refuses(deleted.id, claimNotice('p'))).toBe(true);
    await bench.sweep();
    expect(await bench.refuses(deleted.id, claimNotice('p'))).toBe(true);

    const again = await life.failed(bench);
    await bench.apply(again.id, retry);
    expect(await bench.refuses(again.id, claimNotice('p'))).toBe(true);
  });
});

describe('noticeSent', () => {
  it('leaves nothing to do', async () => {
    const job = await life.told(bench);
    expect(job).toMatchObject({
      state: 'succeeded',
      notice: { state: 'sent', sentAt: bench.clock.now, attempts: 0 },
      outbox: [],
      dueAt: null,
    });
    expect(job).not.toHaveProperty('lease');
  });
});

describe('noticeAttemptFailed', () => {
  it('tries again after a while; the job stays as it is', async () => {
    const { id, finishedAt } = await life.failed(bench);
    await bench.apply(id, claimNotice('p'));
    bench.queue.takePublished();
    const job = await bench.apply(id, noticeAttemptFailed(unavailable()));
    const [message] = bench.queue.takePublished();
    expect(message).toMatchObject({ queue: 'mp3', jobId: id });
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'NO_AUDIO_TRACK' },
      finishedAt,
      retryAt: bench.clock.now + (message?.delayMs ?? 0),
      notice: { state: 'pending', attempts: 1, error: { code: 'MAIL_UNAVAILABLE' } },
    });
    expect(await bench.refuses(id, claimNotice('q'))).toBe(true);
    bench.advance(message?.delayMs ?? 0);
    const sent = await bench.apply(id, claimNotice('q'), noticeSent);
    expect(sent.notice).toMatchObject({ state: 'sent', attempts: 1 });
    expect(sent).not.toHaveProperty('retryAt');
  });

  it('goes on for a day, then gives up', async () => {
    const { id, finishedAt = 0 } = await life.succeeded(bench);
    let job = await bench.job(id);
    let attempts = 0;
    while (job.notice?.state === 'pending') {
      attempts += 1;
      expect(attempts).toBeLessThan(100);
      bench.clock.now = Math.max(bench.clock.now, job.retryAt ?? 0);
      job = await bench.apply(id, claimNotice('p'), noticeAttemptFailed(unavailable()));
    }
    expect(bench.clock.now - finishedAt).toBeGreaterThan(NOTICE_LIMIT_MS - 2 * 3_600_000);
    expect(bench.clock.now - finishedAt).toBeLessThanOrEqual(NOTICE_LIMIT_MS);
    expect(job).toMatchObject({
      state: 'succeeded',
      notice: { state: 'failed', attempts },
      dueAt: null,
      outbox: [],
    });
    expect(job).not.toHaveProperty('retryAt');
  });

  it('gives up at once when the recipient is refused', async () => {
    const { id } = await life.succeeded(bench);
    await bench.apply(id, claimNotice('p'));
    bench.queue.takePublished();
    expect(await bench.apply(id, noticeAttemptFailed(refused()))).toMatchObject({
      state: 'succeeded',
      notice: { state: 'failed', attempts: 1, error: { code: 'MAIL_REJECTED' } },
      dueAt: null,
    });
    expect(bench.queue.takePublished()).toEqual([]);
  });
});

describe('noticeGivenBack', () => {
  it('sends the message again without counting the attempt', async () => {
    const { id } = await life.succeeded(bench);
    await bench.apply(id, claimNotice('p'));
    bench.queue.takePublished();
    expect(await bench.apply(id, noticeGivenBack)).toMatchObject({
      notice: { state: 'pending', attempts: 0 },
    });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id, delayMs: 0 }]);
  });
});

describe('a lost sender', () => {
  it('is followed by another one with the same Message-ID', async () => {
    const { id, notice } = await life.succeeded(bench);
    await bench.apply(id, claimNotice('p'));
    bench.queue.takePublished();
    bench.advance(LEASE_MS);
    expect(await bench.apply(id, revive)).toMatchObject({
      notice: { state: 'pending', attempts: 1, messageId: notice?.messageId },
    });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id }]);
  });

  it('is the last one after a day', async () => {
    const { id } = await life.succeeded(bench);
    bench.advance(NOTICE_LIMIT_MS);
    await bench.apply(id, claimNotice('p'));
    bench.queue.takePublished();
    bench.advance(LEASE_MS);
    expect(await bench.apply(id, revive)).toMatchObject({
      notice: { state: 'failed', error: { code: 'WORKER_LOST' } },
      dueAt: null,
    });
    expect(bench.queue.takePublished()).toEqual([]);
  });
});
