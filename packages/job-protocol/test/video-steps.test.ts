import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failures, JobFailure, newId, type Job } from '@clipscribe/contracts';
import {
  audioDone,
  audioProgress,
  chunksCut,
  claimVideo,
  LEASE_MS,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life, someAudio } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const full = (): JobFailure => new JobFailure('STORAGE_FULL');

async function failAttempts(id: string, count: number): Promise<Job> {
  for (let attempt = 0; attempt < count; attempt += 1) {
    await bench.apply(id, claimVideo('worker'), videoAttemptFailed(full()));
    bench.advance(2 * 3_600_000);
  }
  return bench.job(id);
}

describe('claimVideo', () => {
  it('takes a queued job under a lease and drops the message that is not needed any more', async () => {
    const { id } = await bench.accept();
    expect(await bench.apply(id, claimVideo('a'))).toMatchObject({
      state: 'converting',
      lease: { token: 'a', expiresAt: bench.clock.now + LEASE_MS },
      audio: { state: 'running', progress: 0 },
      attempts: 0,
      outbox: [],
      dueAt: bench.clock.now + LEASE_MS,
    });
  });

  it('refuses a job that somebody works on', async () => {
    const { id } = await life.converting(bench);
    bench.advance(LEASE_MS - 1);
    expect(await bench.refuses(id, claimVideo('b'))).toBe(true);
  });

  it('takes over from a lost worker, which counts as an attempt', async () => {
    const { id } = await life.converting(bench);
    bench.advance(LEASE_MS);
    expect(await bench.apply(id, claimVideo('b'))).toMatchObject({
      state: 'converting',
      attempts: 1,
      lease: { token: 'b' },
    });
  });

  it('waits for the time of the next attempt, with some tolerance for clocks', async () => {
    const { id } = await life.converting(bench);
    const { retryAt = 0 } = await bench.apply(id, videoAttemptFailed(full()));
    bench.clock.now = retryAt - 5001;
    expect(await bench.refuses(id, claimVideo('b'))).toBe(true);
    bench.advance(1);
    expect(await bench.apply(id, claimVideo('b'))).toMatchObject({ state: 'converting', attempts: 1 });
  });

  it('keeps an MP3 that is there', async () => {
    const { id } = await life.converting(bench);
    const audio = someAudio();
    await bench.apply(id, audioDone(audio), videoGivenBack);
    expect((await bench.apply(id, claimVideo('b'))).audio).toMatchObject({
      state: 'done',
      fileId: audio.fileId,
    });
  });

  it.each(['transcribing', 'succeeded', 'partial', 'failed', 'told'] as const)(
    'refuses a job that is %s',
    async (state) => {
      const { id } = await life[state](bench);
      bench.advance(10 * LEASE_MS);
      expect(await bench.refuses(id, claimVideo('b'))).toBe(true);
    },
  );
});

describe('the audio', () => {
  it('shows its progress from 0 to 1, never backwards', async () => {
    const { id } = await life.converting(bench);
    const shown = [];
    for (const progress of [-1, 0.25, 0.2, 0.5, 7]) {
      shown.push((await bench.apply(id, audioProgress(progress))).audio.progress);
    }
    expect(shown).toEqual([0, 0.25, 0.25, 0.5, 1]);
  });

  it('can be downloaded before the rest is done', async () => {
    const { id } = await life.converting(bench);
    const audio = someAudio();
    expect(await bench.apply(id, audioDone(audio))).toMatchObject({
      state: 'converting',
      audio: { ...audio, state: 'done', progress: 1, finishedAt: bench.clock.now },
    });
  });

  it('stays done when a report of progress comes late', async () => {
    const { id } = await life.converting(bench);
    const { audio } = await bench.apply(id, audioDone(someAudio()));
    expect((await bench.apply(id, audioProgress(0.9))).audio).toEqual(audio);
  });
});

describe('the end of the video step', () => {
  it('without a transcript ends the run and asks for the mail', async () => {
    const { id } = await life.converting(bench);
    bench.queue.takePublished();
    const job = await bench.apply(id, audioDone(someAudio()), transcriptSkipped());
    expect(job).toMatchObject({
      state: 'succeeded',
      transcript: { state: 'skipped' },
      finishedAt: bench.clock.now,
      notice: { kind: 'ready', state: 'pending', messageId: `<ready.${id}.1@clipscribe>`, attempts: 0 },
      outbox: [],
    });
    expect(job).not.toHaveProperty('lease');
    expect(job).not.toHaveProperty('error');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id, delayMs: 0 }]);
  });

  it('names why there can be no transcript, which is no failure', async () => {
    const { id } = await life.converting(bench);
    const why = { code: 'ENGINE_MISSING', reason: failures.ENGINE_MISSING.reason } as const;
    expect(await bench.apply(id, audioDone(someAudio()), transcriptSkipped(why))).toMatchObject({
      state: 'succeeded',
      transcript: { state: 'skipped', error: why },
    });
  });

  it('is partial when the MP3 holds less than the video', async () => {
    expect(await life.partial(bench)).toMatchObject({
      state: 'partial',
      error: { code: 'INCOMPLETE_OUTPUT' },
    });
  });

  it('cuts the speech into chunks and sends a message for each', async () => {
    const { id } = await bench.accept();
    await bench.apply(id, claimVideo('w'), videoAttemptFailed(full()));
    bench.advance(60_000);
    await bench.apply(id, claimVideo('w'), audioDone(someAudio()));
    bench.queue.takePublished();
    const cut = [0, 1, 2].map((n) => ({ fileId: newId(), startSeconds: n, endSeconds: n + 1 }));
    const job = await bench.apply(id, chunksCut(cut));
    expect(job).toMatchObject({
      state: 'transcribing',
      attempts: 0,
      transcript: { state: 'running', progress: 0.1 },
      chunks: cut.map((chunk, index) => ({ ...chunk, index, state: 'pending', attempts: 0 })),
      outbox: [],
    });
    for (const field of ['lease', 'error', 'retryAt']) expect(job).not.toHaveProperty(field);
    expect(bench.queue.takePublished().map(({ chunk }) => chunk)).toEqual([0, 1, 2]);
  });

  it('is never a wait for no chunks at all', () => {
    expect(() => chunksCut([])).toThrow(RangeError);
  });
});

describe('videoAttemptFailed', () => {
  it('tries a transient failure again after a while', async () => {
    const { id } = await life.converting(bench);
    await bench.apply(id, audioProgress(0.5));
    bench.queue.takePublished();
    const job = await bench.apply(id, videoAttemptFailed(full()));
    const [message] = bench.queue.takePublished();
    expect(message).toMatchObject({ queue: 'video', jobId: id });
    expect(message?.delayMs).toBeGreaterThanOrEqual(24_000);
    expect(message?.delayMs).toBeLessThanOrEqual(36_000);
    expect(job).toMatchObject({
      state: 'queued',
      attempts: 1,
      retryAt: bench.clock.now + (message?.delayMs ?? 0),
      error: { code: 'STORAGE_FULL', reason: failures.STORAGE_FULL.reason },
      audio: { state: 'pending', progress: 0 },
    });
    expect(job).not.toHaveProperty('lease');
  });

  it('never undercuts what the other side asked for', async () => {
    const { id } = await life.converting(bench);
    const failure = new JobFailure('STORAGE_FULL', { retryAfterMs: 500_000 });
    expect(await bench.apply(id, videoAttemptFailed(failure))).toMatchObject({
      retryAt: bench.clock.now + 500_000,
    });
  });

  it('is final at the 8th attempt', async () => {
    const { id } = await bench.accept();
    expect(await failAttempts(id, 7)).toMatchObject({ state: 'queued', attempts: 7 });
    expect(await failAttempts(id, 1)).toMatchObject({
      state: 'failed',
      attempts: 0,
      error: { code: 'STORAGE_FULL' },
      audio: { state: 'failed', error: { code: 'STORAGE_FULL' } },
      transcript: { state: 'skipped' },
      notice: { kind: 'failed', messageId: `<failed.${id}.1@clipscribe>` },
    });
  });

  it('is final at once when it is permanent', async () => {
    const { id } = await life.converting(bench);
    bench.queue.takePublished();
    const failure = new JobFailure('CORRUPT_MEDIA', { detail: 'The file ends in the middle.' });
    const job = await bench.apply(id, videoAttemptFailed(failure));
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'CORRUPT_MEDIA', reason: 'The file ends in the middle.' },
    });
    expect(job).not.toHaveProperty('retryAt');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', delayMs: 0 }]);
  });

  it('keeps the MP3 that is there: only the transcript failed', async () => {
    const { id } = await life.converting(bench);
    const audio = someAudio();
    expect(
      await bench.apply(id, audioDone(audio), videoAttemptFailed(new JobFailure('CORRUPT_MEDIA'))),
    ).toMatchObject({
      state: 'partial',
      audio: { state: 'done', fileId: audio.fileId },
      transcript: { state: 'failed', error: { code: 'CORRUPT_MEDIA' } },
      error: { code: 'CORRUPT_MEDIA' },
      notice: { kind: 'ready' },
    });
  });
});

describe('videoGivenBack', () => {
  it('queues the job again without counting the attempt', async () => {
    const { id } = await life.converting(bench);
    await bench.apply(id, audioProgress(0.5));
    bench.queue.takePublished();
    const job = await bench.apply(id, videoGivenBack);
    expect(job).toMatchObject({ state: 'queued', attempts: 0, audio: { state: 'pending', progress: 0 } });
    expect(job).not.toHaveProperty('lease');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: id, delayMs: 0 }]);
    expect(await bench.apply(id, claimVideo('b'))).toMatchObject({ attempts: 0, state: 'converting' });
  });
});
