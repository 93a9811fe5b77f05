import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure } from '@clipscribe/contracts';
import {
  cancel,
  claimNotice,
  claimVideo,
  deletionDone,
  filesOf,
  noticeAttemptFailed,
  retry,
  startDeletion,
  videoAttemptFailed,
  type Change,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life, noWebhooks } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

type LifeState = keyof typeof life;
const ended: LifeState[] = ['succeeded', 'partial', 'failed', 'told'];

describe('cancel', () => {
  it.each(['queued', 'converting', 'transcribing'] as const)(
    'ends a job that is %s, without a mail',
    async (state) => {
      const { id } = await life[state](bench);
      bench.queue.takePublished();
      const job = await bench.apply(id, cancel, noWebhooks);
      expect(job).toMatchObject({
        state: 'cancelled',
        finishedAt: bench.clock.now,
        chunks: [],
        outbox: [],
        dueAt: null,
      });
      for (const field of ['lease', 'retryAt', 'notice', 'error']) expect(job).not.toHaveProperty(field);
      for (const stage of [job.audio, job.transcript]) expect(['done', 'skipped']).toContain(stage.state);
      expect(bench.queue.takePublished()).toEqual([]);
    },
  );

  it('ends a job that waits for its next attempt, and its error with it', async () => {
    const { id } = await life.converting(bench);
    await bench.apply(id, videoAttemptFailed(new JobFailure('STORAGE_FULL')));
    const job = await bench.apply(id, cancel);
    for (const field of ['retryAt', 'error']) expect(job).not.toHaveProperty(field);
  });

  it('keeps an MP3 that is there', async () => {
    const { id, audio } = await life.transcribing(bench);
    expect((await bench.apply(id, cancel)).audio).toEqual(audio);
  });

  it('may be asked for twice', async () => {
    const { id } = await life.queued(bench);
    const first = await bench.apply(id, cancel);
    bench.advance(1000);
    expect(await bench.apply(id, cancel)).toMatchObject({ state: 'cancelled', finishedAt: first.finishedAt });
  });

  it.each(ended)('refuses a job that is %s', async (state) => {
    const { id } = await life[state](bench);
    expect(await bench.refuses(id, cancel)).toBe(true);
  });
});

describe('retry', () => {
  it('begins a new run of a failed job', async () => {
    const { id } = await life.failed(bench);
    bench.queue.takePublished();
    const job = await bench.apply(id, retry);
    expect(job).toMatchObject({
      state: 'queued',
      run: 2,
      attempts: 0,
      audio: { state: 'pending', progress: 0 },
      transcript: { state: 'pending', progress: 0 },
    });
    for (const field of ['error', 'notice', 'finishedAt', 'lease']) expect(job).not.toHaveProperty(field);
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: id, delayMs: 0 }]);
  });

  it('keeps a whole MP3 that is there', async () => {
    const { id, audio } = await life.transcribing(bench);
    expect(await bench.apply(id, cancel, retry)).toMatchObject({ state: 'queued', audio, chunks: [] });
    expect(audio.state).toBe('done');
  });

  it('makes an MP3 anew that holds only a part', async () => {
    const { id } = await life.partial(bench);
    const retried = await bench.apply(id, retry);
    expect(retried).toMatchObject({ state: 'queued', audio: { state: 'pending' } });
    expect(retried.audio.fileId).toBeUndefined();
  });

  it('works after a cancellation', async () => {
    const { id } = await life.transcribing(bench);
    expect(await bench.apply(id, cancel, retry, claimVideo('w'))).toMatchObject({
      state: 'converting',
      run: 2,
    });
  });

  it('does not wait for a transcript that nobody asked for', async () => {
    const { id } = await bench.accept({ transcript: false });
    expect((await bench.apply(id, cancel, retry)).transcript).toEqual({ state: 'skipped', progress: 0 });
  });

  it('tells of every run in a mail of its own', async () => {
    const { id } = await life.failed(bench);
    const failAgain = videoAttemptFailed(new JobFailure('CORRUPT_MEDIA'));
    expect(await bench.apply(id, retry, claimVideo('w'), failAgain)).toMatchObject({
      notice: { messageId: `<failed.${id}.2@clipscribe>` },
    });
  });

  it('takes a mail that is being sent away from its sender', async () => {
    const { id } = await life.failed(bench);
    expect(await bench.apply(id, claimNotice('p'), retry)).not.toHaveProperty('lease');
  });

  it.each(['queued', 'converting', 'transcribing', 'succeeded', 'told'] as const)(
    'refuses a job that is %s',
    async (state) => {
      const { id } = await life[state](bench);
      expect(await bench.refuses(id, retry)).toBe(true);
    },
  );
});

describe('deletion', () => {
  const all = Object.keys(life) as LifeState[]; // the keys of a constant object

  it.each(all)('takes a job that is %s away from everybody at once', async (state) => {
    const { id, ...before } = await life[state](bench);
    const job = await bench.apply(id, startDeletion);
    expect(job).toMatchObject({ state: 'deleting', outbox: [], dueAt: bench.clock.now });
    expect(job).not.toHaveProperty('lease');
    expect(filesOf(job)).toEqual(filesOf({ ...before, id }));
    expect(await bench.jobs.list({ ownerId: job.ownerId, limit: 10 })).toEqual([]);
  });

  it('leaves a tombstone without anything personal', async () => {
    const { id } = await life.failed(bench);
    const refused = noticeAttemptFailed(new JobFailure('MAIL_REJECTED', { detail: '550 <ada@example.org>' }));
    const job = await bench.apply(id, claimNotice('p'), refused, startDeletion, deletionDone);
    expect(job).toMatchObject({ state: 'deleted', ownerEmail: '', outbox: [], chunks: [] });
    const personal = [
      'ada@example.org',
      'Grüße',
      'key ',
      'f'.repeat(64),
      '4bf92f3577b34da6a3ce929d0e0e4736',
      'NO_AUDIO',
    ];
    for (const text of personal) expect(JSON.stringify(job)).not.toContain(text);
  });

  it('is the end: no step leads back', async () => {
    const { id } = await life.succeeded(bench);
    const steps: Change[] = [cancel, retry, startDeletion, claimVideo('w'), claimNotice('p')];
    await bench.apply(id, startDeletion);
    for (const step of steps) expect(await bench.refuses(id, step)).toBe(true);
    await bench.apply(id, deletionDone);
    for (const step of [...steps, deletionDone]) expect(await bench.refuses(id, step)).toBe(true);
  });

  it('is done only to a job that is being deleted', async () => {
    const { id } = await life.told(bench);
    expect(await bench.refuses(id, deletionDone)).toBe(true);
  });
});
