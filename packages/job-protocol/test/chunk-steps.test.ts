import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, newId, type Job } from '@clipscribe/contracts';
import {
  cancel,
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  claimChunk,
  isTranscribed,
  LEASE_MS,
  PUBLISH_GRACE_MS,
  startDeletion,
  transcriptDone,
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

const slow = (): JobFailure => new JobFailure('PROVIDER_RATE_LIMITED');
const waitingChunks = (job: Job): unknown[] =>
  job.outbox.map(({ body }) => (JSON.parse(body) as { chunk: number }).chunk);

describe('claimChunk', () => {
  it('takes one chunk under its own lease, the others stay free', async () => {
    const { id } = await life.transcribing(bench);
    const job = await bench.apply(id, claimChunk(1, 'b'), claimChunk(0, 'a'));
    const expiresAt = bench.clock.now + LEASE_MS;
    expect(job.chunks.map(({ lease }) => lease)).toEqual([
      { token: 'a', expiresAt },
      { token: 'b', expiresAt },
    ]);
    expect(await bench.refuses(id, claimChunk(0, 'c'))).toBe(true);
  });

  it('refuses a chunk that is not there', async () => {
    const { id } = await life.transcribing(bench);
    expect(await bench.refuses(id, claimChunk(2, 'a'))).toBe(true);
  });

  it('takes over from a lost worker, which counts as an attempt of this chunk', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'));
    bench.advance(LEASE_MS);
    const job = await bench.apply(id, claimChunk(0, 'b'));
    expect(job.chunks).toMatchObject([{ attempts: 1, lease: { token: 'b' } }, { attempts: 0 }]);
  });

  it('refuses a chunk that is done', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'), chunkCheckpoint(0, newId()), chunkDone(0));
    expect(await bench.refuses(id, claimChunk(0, 'b'))).toBe(true);
  });

  it('waits for the time of the next attempt, with some tolerance for clocks', async () => {
    const { id } = await life.transcribing(bench);
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, slow()));
    bench.clock.now = (job.chunks[0]?.retryAt ?? 0) - 5001;
    expect(await bench.refuses(id, claimChunk(0, 'b'))).toBe(true);
    bench.advance(1);
    expect((await bench.apply(id, claimChunk(0, 'b'))).chunks[0]).toMatchObject({
      lease: { token: 'b' },
      attempts: 1,
    });
  });

  it.each(['queued', 'converting', 'succeeded', 'partial', 'failed'] as const)(
    'refuses a job that is %s',
    async (state) => {
      const { id } = await life[state](bench);
      expect(await bench.refuses(id, claimChunk(0, 'a'))).toBe(true);
    },
  );

  it('leaves the messages of other chunks that are not published yet, and their date', async () => {
    bench.queue.capacity = 0;
    const job = await life.transcribing(bench, 3);
    const { id } = job;
    expect(waitingChunks(job)).toEqual([0, 1, 2]);
    const due = bench.clock.now + PUBLISH_GRACE_MS;
    bench.advance(1000);
    const claimed = await bench.apply(id, claimChunk(1, 'a'));
    expect(waitingChunks(claimed)).toEqual([0, 2]);
    expect(claimed.dueAt).toBe(due);
    expect(waitingChunks(await bench.apply(id, chunkGivenBack(1)))).toEqual([0, 2, 1]);
    const failed = await bench.apply(id, claimChunk(2, 'a'), chunkAttemptFailed(2, slow()));
    expect(waitingChunks(failed)).toEqual([0, 1, 2]);
  });
});

describe('chunkCheckpoint', () => {
  it('keeps the result and shows the progress; the chunk stays with its worker', async () => {
    const { id } = await life.transcribing(bench, 4);
    const result = newId();
    const job = await bench.apply(id, claimChunk(2, 'a'), chunkCheckpoint(2, result));
    expect(job.chunks[2]).toMatchObject({ state: 'pending', resultFileId: result, lease: { token: 'a' } });
    expect(job.transcript).toEqual({ state: 'running', progress: 0.325 });
    expect(isTranscribed(job)).toBe(false);
  });

  it('takes back the error of an earlier attempt', async () => {
    const { id } = await life.transcribing(bench);
    const waiting = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, slow()));
    expect(waiting.transcript.error).toMatchObject({ code: 'PROVIDER_RATE_LIMITED' });
    bench.advance(60_000);
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkCheckpoint(0, newId()));
    expect(job.transcript).not.toHaveProperty('error');
  });

  it('is the sign to assemble when it is the last one, also before the others are done', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'), claimChunk(1, 'b'), chunkCheckpoint(1, newId()));
    expect(isTranscribed(await bench.apply(id, chunkCheckpoint(0, newId())))).toBe(true);
  });
});

describe('chunkDone', () => {
  it('frees the chunk; the transcript goes on', async () => {
    const { id } = await life.transcribing(bench);
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkCheckpoint(0, newId()), chunkDone(0));
    expect(job).toMatchObject({ state: 'transcribing', chunks: [{ state: 'done' }, { state: 'pending' }] });
    expect(job.chunks[0]).not.toHaveProperty('lease');
  });
});

describe('transcriptDone', () => {
  it('ends the run, frees every chunk and asks for the mail', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(
      id,
      claimChunk(0, 'a'),
      chunkCheckpoint(0, newId()),
      claimChunk(1, 'b'),
      chunkCheckpoint(1, newId()),
    );
    bench.queue.takePublished();
    const fileId = newId();
    const job = await bench.apply(id, transcriptDone({ fileId, engine: 'openai', model: 'whisper-1' }));
    expect(job).toMatchObject({ state: 'succeeded', notice: { kind: 'ready', state: 'pending' } });
    expect(job.transcript).toEqual({
      state: 'done',
      progress: 1,
      fileId,
      engine: 'openai',
      model: 'whisper-1',
    });
    for (const chunk of job.chunks) expect(chunk).not.toHaveProperty('lease');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'mp3', jobId: id }]);
  });
});

describe('chunkAttemptFailed', () => {
  it('tries this chunk alone again after a while', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'));
    bench.queue.takePublished();
    const failure = new JobFailure('PROVIDER_RATE_LIMITED', { retryAfterMs: 90_000 });
    const job = await bench.apply(id, chunkAttemptFailed(0, failure));
    expect(job).toMatchObject({
      state: 'transcribing',
      chunks: [{ state: 'pending', attempts: 1, retryAt: bench.clock.now + 90_000 }, { attempts: 0 }],
      transcript: { state: 'running', error: { code: 'PROVIDER_RATE_LIMITED' } },
    });
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'transcribe', chunk: 0, delayMs: 90_000 }]);
  });

  it('gives the transcript up at the 8th attempt; the MP3 stays', async () => {
    const { id, audio } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(1, 'other'));
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, slow()));
      bench.advance(2 * 3_600_000);
    }
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkAttemptFailed(0, slow()));
    expect(job).toMatchObject({
      state: 'partial',
      audio,
      transcript: { state: 'failed', error: { code: 'PROVIDER_RATE_LIMITED' } },
      error: { code: 'PROVIDER_RATE_LIMITED' },
      chunks: [{ state: 'failed' }, { state: 'pending' }],
      notice: { kind: 'ready', state: 'pending' },
    });
    expect(job.chunks[1]).not.toHaveProperty('lease');
  });

  it('gives the transcript up at once when it is permanent', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(1, 'a'));
    expect(await bench.apply(id, chunkAttemptFailed(1, new JobFailure('PROVIDER_AUTH')))).toMatchObject({
      state: 'partial',
      error: { code: 'PROVIDER_AUTH' },
    });
  });
});

describe('chunkGivenBack', () => {
  it('sends the message again without counting the attempt', async () => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(1, 'a'));
    bench.queue.takePublished();
    const job = await bench.apply(id, chunkGivenBack(1));
    expect(job.chunks[1]).toMatchObject({ state: 'pending', attempts: 0 });
    expect(job.chunks[1]).not.toHaveProperty('lease');
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'transcribe', chunk: 1, delayMs: 0 }]);
  });
});

describe('a job that is taken away from its chunks', () => {
  it.each([
    ['cancelled', cancel, 'cancelled'],
    ['deleted', startDeletion, 'deleting'],
  ] as const)('by being %s keeps its state: no chunk has a lease any more', async (_name, change, state) => {
    const { id } = await life.transcribing(bench);
    await bench.apply(id, claimChunk(0, 'a'), claimChunk(1, 'b'));
    const job = await bench.apply(id, change);
    expect(job.state).toBe(state);
    for (const chunk of job.chunks) expect(chunk).not.toHaveProperty('lease');
    expect(await bench.refuses(id, claimChunk(0, 'c'))).toBe(true);
  });
});
