import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, newId, type Job, type TranscriptOptions } from '@clipscribe/contracts';
import {
  audioDone,
  cancel,
  chunkAttemptFailed,
  chunkCheckpoint,
  chunksCut,
  claimChunk,
  claimNotice,
  claimVideo,
  deletionDone,
  filesOf,
  MAX_TRANSCRIPTS,
  newestVersion,
  newTranscript,
  noticeSent,
  ORPHAN_AGE_MS,
  retry,
  servedTranscript,
  startDeletion,
  transcriptDone,
  transcriptRefusal,
  transcriptSkipped,
  transcriptsOf,
  transition,
} from '../src/index.ts';
import { sweepOrphans } from '../src/sweep-files.ts';
import { Bench } from './bench.ts';
import { faultyFiles } from './faulty-ports.ts';
import { life, noWebhooks } from './life.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

/** What the converter does with a job whose MP3 is there; a minute passes. */
async function cut(id: string): Promise<Job> {
  const fileId = await bench.store(id, 'chunk');
  bench.advance(60_000);
  return bench.apply(id, claimVideo('v'), chunksCut([{ fileId, startSeconds: 0, endSeconds: 10 }]));
}

async function transcribe(id: string, engine = 'second'): Promise<Job> {
  const result = await bench.store(id, 'chunk-result');
  const fileId = await bench.store(id, 'transcript');
  await bench.apply(id, claimChunk(0, 'c'), chunkCheckpoint(0, result, { engine, model: 'm', seconds: 9.5 }));
  return bench.apply(id, transcriptDone({ fileId, engine, model: 'm', language: 'de', words: 3 }));
}

/** A job with two finished versions. */
async function twoVersions(
  options: TranscriptOptions = { language: 'de' },
): Promise<{ first: Job; job: Job }> {
  const first = await life.told(bench);
  await bench.apply(first.id, newTranscript(options));
  await cut(first.id);
  return { first, job: await transcribe(first.id) };
}

const fail = chunkAttemptFailed(0, new JobFailure('PROVIDER_AUTH'));

describe('a job with two versions', () => {
  it('goes back to work for the second one, and keeps its MP3', async () => {
    const first = await life.told(bench);
    bench.queue.takePublished();
    bench.advance(5000);
    const job = await bench.apply(first.id, newTranscript({ language: 'de', prompt: 'Köln' }, 'key'));
    expect(job).toMatchObject({
      ...{ state: 'queued', run: 2, attempts: 0, chunks: [], audio: first.audio },
      options: { transcript: true, language: 'de', prompt: 'Köln', quality: first.options.quality },
      transcript: { state: 'pending', progress: 0 },
      transcriptRequest: { askedAt: bench.clock.now, idempotencyKey: 'key' },
    });
    for (const field of ['error', 'notice', 'finishedAt', 'lease']) expect(job).not.toHaveProperty(field);
    expect(bench.queue.takePublished()).toMatchObject([{ queue: 'video', jobId: first.id, delayMs: 0 }]);
  });

  it('lists both, each with what was asked for and what came of it', async () => {
    const { first, job } = await twoVersions();
    expect(newestVersion(job)).toBe(2);
    expect(transcriptsOf(job)).toEqual([
      {
        ...first.transcript,
        options: {},
        askedAt: first.createdAt,
        endedAt: first.finishedAt,
      },
      {
        ...{ state: 'done', progress: 1, fileId: job.transcript.fileId, engine: 'second', model: 'm' },
        ...{ language: 'de', words: 3, secondsTranscribed: 9.5, options: { language: 'de' } },
        ...{ askedAt: first.finishedAt, endedAt: bench.clock.now },
      },
    ]);
    expect(first.transcript.fileId).not.toBe(job.transcript.fileId);
  });

  it('serves the first one until the second one is done', async () => {
    const first = await life.told(bench);
    const served = [await bench.apply(first.id, newTranscript({})), await cut(first.id)];
    expect(served.map(servedTranscript)).toEqual([first.transcript.fileId, first.transcript.fileId]);
    const job = await transcribe(first.id);
    expect(servedTranscript(job)).toBe(job.transcript.fileId);
  });

  it('tells its owner of every run in a mail of its own', async () => {
    const { first, job } = await twoVersions();
    expect(first.notice?.messageId).toBe(`<ready.${job.id}.1@clipscribe>`);
    expect(job.notice).toMatchObject({ messageId: `<ready.${job.id}.2@clipscribe>`, state: 'pending' });
    expect(bench.queue.takePublished().at(-1)).toMatchObject({ queue: 'mp3', jobId: job.id });
    expect(await bench.apply(job.id, claimNotice('p'), noticeSent, noWebhooks)).toMatchObject({
      notice: { state: 'sent' },
      dueAt: null,
    });
  });

  it('takes a mail that is not sent yet away from its sender: that of the next run tells as much', async () => {
    const { id } = await life.succeeded(bench);
    expect(await bench.apply(id, claimNotice('p'), newTranscript({}))).not.toHaveProperty('lease');
    expect(await bench.refuses(id, claimNotice('q'))).toBe(true);
  });

  it('loses no file to the sweeper, and all of them to its deletion', async () => {
    const { job } = await twoVersions();
    const files = faultyFiles(bench.files, {
      listOlderThan: (ageMs, options) => bench.files.listOlderThan(ageMs - 2 * ORPHAN_AGE_MS, options),
    });
    await sweepOrphans({ ...bench.ports, files }, undefined);
    const kept = [job.source.fileId, job.audio.fileId, ...transcriptsOf(job).map(({ fileId }) => fileId)];
    expect(new Set(kept).size).toBe(4);
    for (const id of kept) expect(await bench.exists(id ?? '')).toBe(true);

    await bench.apply(job.id, startDeletion);
    await bench.sweep();
    for (const id of kept) expect(await bench.exists(id ?? '')).toBe(false);
  });

  it('leaves a tombstone without what was asked of the versions', async () => {
    const { job } = await twoVersions({ prompt: 'Grace Hopper' });
    await bench.apply(job.id, newTranscript({ prompt: 'Ada Lovelace' }, 'secret key'));
    const tombstone = JSON.stringify(await bench.apply(job.id, startDeletion, deletionDone));
    for (const text of ['Hopper', 'Lovelace', 'secret', job.transcript.fileId])
      expect(tombstone).not.toContain(text);
  });

  it('has the options of the newest one, and only those', async () => {
    const { job } = await twoVersions({ language: 'de', prompt: 'Köln' });
    const next = await bench.apply(job.id, newTranscript({ prompt: 'Bonn' }));
    expect(next.options).toEqual({ transcript: true, quality: job.options.quality, prompt: 'Bonn' });
    expect(transcriptsOf(next).map(({ options }) => options)).toEqual([
      {},
      { language: 'de', prompt: 'Köln' },
      { prompt: 'Bonn' },
    ]);
  });
});

describe('a second version that is not made', () => {
  let first: Job;
  beforeEach(async () => {
    first = await life.told(bench);
    await bench.apply(first.id, newTranscript({ language: 'de' }));
  });

  it('leaves the job partial, with its reason, the MP3 and the first version', async () => {
    await cut(first.id);
    const job = await bench.apply(first.id, claimChunk(0, 'c'), fail);
    expect(job).toMatchObject({
      ...{ state: 'partial', error: { code: 'PROVIDER_AUTH' }, audio: first.audio },
      notice: { kind: 'ready', messageId: `<ready.${first.id}.2@clipscribe>` },
    });
    expect(transcriptsOf(job)).toMatchObject([
      { state: 'done' },
      { state: 'failed', error: { code: 'PROVIDER_AUTH' }, options: { language: 'de' } },
    ]);
    expect(servedTranscript(job)).toBe(first.transcript.fileId);
  });

  it('is tried again by a retry, under its own number and options', async () => {
    await cut(first.id);
    const job = await bench.apply(first.id, claimChunk(0, 'c'), fail, retry);
    expect(job).toMatchObject({ state: 'queued', run: 3, options: { language: 'de' }, audio: first.audio });
    await cut(first.id);
    const done = await transcribe(first.id);
    expect(transcriptsOf(done)).toMatchObject([{ fileId: first.transcript.fileId }, { state: 'done' }]);
    expect(done.notice?.messageId).toBe(`<ready.${first.id}.3@clipscribe>`);
  });

  it('may be followed by a third one', async () => {
    await cut(first.id);
    await bench.apply(first.id, claimChunk(0, 'c'), fail, newTranscript({}));
    await cut(first.id);
    const states = transcriptsOf(await transcribe(first.id)).map(({ state }) => state);
    expect(states).toEqual(['done', 'failed', 'done']);
  });

  it('can be cancelled: the first one stays', async () => {
    await cut(first.id);
    const job = await bench.apply(first.id, cancel);
    expect(job).toMatchObject({ state: 'cancelled', audio: first.audio });
    expect(transcriptsOf(job)).toMatchObject([{ state: 'done' }, { state: 'skipped' }]);
    expect(servedTranscript(job)).toBe(first.transcript.fileId);
    expect(filesOf(job)).toEqual(filesOf({ ...first, chunks: [] }));
    expect(await bench.apply(first.id, newTranscript({}))).toMatchObject({ state: 'queued', run: 3 });
  });

  it('is refused to a second one who asks at the same time', async () => {
    const { id } = await life.told(bench);
    const asked = await Promise.all(
      [{ language: 'de' }, { language: 'fr' }].map((options) =>
        transition(bench.ports, id, newTranscript(options)),
      ),
    );
    expect(asked.filter((job) => job !== null)).toHaveLength(1);
    expect((await bench.job(id)).run).toBe(2);
  });
});

describe('newTranscript', () => {
  it.each(['queued', 'converting', 'transcribing'] as const)('refuses a job that is %s', async (state) => {
    const job = await life[state](bench);
    expect(transcriptRefusal(job)).toBe('running');
    expect(await bench.refuses(job.id, newTranscript({}))).toBe(true);
  });

  it.each(['failed', 'cancelled'] as const)('refuses a job that is %s without an MP3', async (state) => {
    const { id } = await life[state === 'failed' ? 'failed' : 'queued'](bench);
    if (state === 'cancelled') await bench.apply(id, cancel);
    expect(transcriptRefusal(await bench.job(id))).toBe('no-audio');
    expect(await bench.refuses(id, newTranscript({}))).toBe(true);
  });

  it('refuses a job that is being deleted', async () => {
    const { id } = await life.told(bench);
    await bench.apply(id, startDeletion);
    expect(await bench.refuses(id, newTranscript({}))).toBe(true);
    await bench.apply(id, deletionDone);
    expect(await bench.refuses(id, newTranscript({}))).toBe(true);
  });

  it('makes the first version of a job that was to have none', async () => {
    const { id } = await bench.accept({ transcript: false });
    const audio = { fileId: newId(), bytes: 4, durationSeconds: 10 };
    const without = await bench.apply(id, claimVideo('v'), audioDone(audio), transcriptSkipped());
    expect(transcriptsOf(without)).toEqual([]);
    const asked = await bench.apply(id, newTranscript({}));
    expect(asked).not.toHaveProperty('earlierTranscripts');
    expect(transcriptsOf(asked)).toMatchObject([{ state: 'pending', askedAt: bench.clock.now }]);
  });

  it(`makes at most ${String(MAX_TRANSCRIPTS)} versions`, async () => {
    const { id } = await life.told(bench);
    for (let version = 2; version <= MAX_TRANSCRIPTS; version += 1) {
      await bench.apply(id, newTranscript({}), cancel);
    }
    expect(transcriptsOf(await bench.job(id))).toHaveLength(MAX_TRANSCRIPTS);
    expect(transcriptRefusal(await bench.job(id))).toBe('full');
    expect(await bench.refuses(id, newTranscript({}))).toBe(true);
    expect(await bench.apply(id, retry)).toMatchObject({ state: 'queued' });
  });
});

describe('retry', () => {
  it('keeps the transcript of an MP3 that is not whole, and makes both anew', async () => {
    const { id } = await life.converting(bench);
    const error = { code: 'INCOMPLETE_OUTPUT', reason: 'Only a part.' } as const;
    const audio = { fileId: await bench.store(id, 'audio'), bytes: 4, durationSeconds: 10, error };
    const chunk = { fileId: await bench.store(id, 'chunk'), startSeconds: 0, endSeconds: 10 };
    await bench.apply(id, audioDone(audio), chunksCut([chunk]));
    const partial = await transcribe(id);
    expect(partial.state).toBe('partial');
    const job = await bench.apply(id, retry);
    expect(job.audio).toEqual({ state: 'pending', progress: 0 });
    expect(transcriptsOf(job)).toMatchObject([
      { fileId: partial.transcript.fileId },
      { state: 'pending', askedAt: bench.clock.now },
    ]);
  });
});

describe('a job that was stored before there were versions', () => {
  it('has one', async () => {
    const job = await life.told(bench);
    for (const field of ['earlierTranscripts', 'transcriptRequest']) expect(job).not.toHaveProperty(field);
    expect(transcriptsOf(job)).toMatchObject([{ state: 'done', askedAt: job.createdAt }]);
    expect(servedTranscript(job)).toBe(job.transcript.fileId);
  });
});

describe('what a transcript costs', () => {
  it('is known while it is made, and afterwards', async () => {
    const { id } = await life.transcribing(bench, 3);
    const by = { engine: 'openai', model: 'whisper-1', seconds: 9.1 };
    const running = await bench.apply(
      id,
      claimChunk(0, 'a'),
      chunkCheckpoint(0, newId(), by),
      claimChunk(1, 'b'),
      chunkCheckpoint(1, newId(), { ...by, seconds: 0.2 }),
    );
    expect(running.transcript).toMatchObject({
      ...{ state: 'running', engine: 'openai', model: 'whisper-1', secondsTranscribed: 9.3 },
    });
    const failed = await bench.apply(
      id,
      claimChunk(2, 'c'),
      chunkAttemptFailed(2, new JobFailure('PROVIDER_REJECTED')),
    );
    expect(failed.transcript).toMatchObject({ state: 'failed', engine: 'openai', secondsTranscribed: 9.3 });
    expect((await bench.apply(id, retry)).transcript).toEqual({ state: 'pending', progress: 0 });
  });

  it('is not lost by a cancellation', async () => {
    const { id } = await life.transcribing(bench, 2);
    const by = { engine: 'pocketsphinx', model: null, seconds: 10 };
    const job = await bench.apply(id, claimChunk(0, 'a'), chunkCheckpoint(0, newId(), by), cancel);
    expect(job.transcript).toMatchObject({
      state: 'skipped',
      engine: 'pocketsphinx',
      secondsTranscribed: 10,
    });
    expect(job.transcript).not.toHaveProperty('model');
  });
});
