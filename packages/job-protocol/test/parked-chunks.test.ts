import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, newId } from '@clipscribe/contracts';
import { MAX_ATTEMPTS, PARK_LIMIT_MS } from '@clipscribe/runtime';
import { chunkAttemptFailed, chunkCheckpoint, claimChunk } from '../src/index.ts';
import { Bench } from './bench.ts';
import { life } from './life.ts';

const HOUR = 3_600_000;
const quota = new JobFailure('PROVIDER_QUOTA');

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

describe('a chunk that waits for what only the operator can end', () => {
  it('is tried again every hour, and its owner sees why', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'));
    bench.queue.takePublished();
    const job = await bench.apply(id, chunkAttemptFailed(0, quota));
    expect(job).toMatchObject({
      state: 'transcribing',
      chunks: [{ state: 'pending', attempts: 0, parkedAt: bench.clock.now }, { attempts: 0 }],
      transcript: { state: 'running', error: { code: 'PROVIDER_QUOTA', reason: expect.any(String) } },
    });
    const [message] = bench.queue.takePublished();
    expect(message).toMatchObject({ queue: 'transcribe', chunk: 0 });
    expect(Math.abs((message?.delayMs ?? 0) - HOUR)).toBeLessThanOrEqual(HOUR / 5);
    expect(job.chunks[0]?.retryAt).toBe(bench.clock.now + (message?.delayMs ?? 0));
  });

  it('waits longer where it was asked to', async () => {
    const { id } = await life.transcribing(bench);
    const failure = new JobFailure('PROVIDER_QUOTA', { retryAfterMs: 3 * HOUR });
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, failure));
    expect(job.chunks[0]?.retryAt).toBe(bench.clock.now + 3 * HOUR);
  });

  it('is not given up for many attempts, but for a week; the MP3 stays', async () => {
    const { id, audio } = await life.transcribing(bench);
    const start = bench.clock.now;
    let job = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, quota));
    let attempts = 1;
    for (; job.state === 'transcribing'; attempts += 1) {
      bench.advance(10 * HOUR);
      job = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, quota));
    }
    expect(attempts).toBeGreaterThan(MAX_ATTEMPTS);
    expect(bench.clock.now - start).toBeGreaterThanOrEqual(PARK_LIMIT_MS);
    expect(job).toMatchObject({
      state: 'partial',
      audio: { state: 'done', fileId: audio.fileId },
      transcript: { state: 'failed', error: { code: 'PROVIDER_QUOTA' } },
    });
  });

  it('keeps its attempts for failures that count', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, quota));
    bench.advance(2 * HOUR);
    const job = await bench.apply(
      id,
      claimChunk(0, 'a'),
      chunkAttemptFailed(0, new JobFailure('PROVIDER_UNAVAILABLE')),
    );
    expect(job.chunks[0]).toMatchObject({ state: 'pending', attempts: 1 });
  });

  it('stays visible while other chunks get their results, and no longer', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'), claimChunk(1, 'b'), chunkAttemptFailed(0, quota));
    const waiting = await bench.apply(id, chunkCheckpoint(1, newId()));
    expect(waiting.transcript).toMatchObject({ progress: 0.55, error: { code: 'PROVIDER_QUOTA' } });
    bench.advance(2 * HOUR);
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkCheckpoint(0, newId()));
    expect(job.transcript).toEqual({ state: 'running', progress: 1 });
  });
});
