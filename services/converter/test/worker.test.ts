import { createReadStream } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, transcriptSchema, type Chunk } from '@clipscribe/contracts';
import {
  audioDone,
  cancel,
  chunkCheckpoint,
  chunkGivenBack,
  chunksCut,
  claimChunk,
  claimVideo,
} from '@clipscribe/job-protocol';
import { silentLog } from '@clipscribe/runtime';
import { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import { PocketsphinxTranscriber } from '../src/adapters/pocketsphinx-transcriber.ts';
import { LocalWorkspace } from '../src/adapters/workspace.ts';
import type { MediaTools } from '../src/media-tools.ts';
import type { Transcriber } from '../src/transcriber.ts';
import type { Workspace } from '../src/workspace.ts';
import { SpeechApi } from '../testing/index.ts';
import { MediaLab, probeResult, run } from './media-lab.ts';
import { TinyDisk } from './tiny-disk.ts';
import { wordErrorRate } from './word-error-rate.ts';
import { WorkerBench } from './worker-bench.ts';

const said = 'We went to the market and bought some bread and milk for breakfast this morning.';
const pictures = ['-f', 'lavfi', '-i', 'testsrc=s=160x120:r=10:d=4'];

let lab: MediaLab;
let bench: WorkerBench;
let api: SpeechApi;
/** A video in which somebody speaks. */
let talk: string;
/** Long enough to be in the middle of it when something happens. */
let hour: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  const wav = join(lab.folder, 'said.wav');
  run('flite', '-voice', 'rms', '-t', said, '-o', wav);
  talk = await lab.make('mp4', ...pictures, '-i', wav, '-c:v', 'mpeg4', '-c:a', 'aac');
  hour = await lab.make('flac', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=3600');
});
afterAll(async () => {
  await lab.close();
});

beforeEach(async () => {
  bench = await WorkerBench.open(lab);
  api = await SpeechApi.start();
});
afterEach(async () => {
  expect(await bench.leftovers()).toEqual([]);
  await bench.close();
  await api.close();
  expect(await lab.processes()).toEqual([]);
});

function openai(): Transcriber {
  const endpoints = [{ apiKey: api.key, baseUrl: api.url }];
  return new OpenaiTranscriber({ endpoints, model: 'whisper-1', log: silentLog });
}

/** The media tools, with ffmpeg halted in the middle of the first MP3; `halted` tells when. */
function haltingMedia(): { media: MediaTools; halted: Promise<unknown> } {
  const tools = lab.tools();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const media: MediaTools = {
    toMp3: (request) =>
      tools.toMp3({
        ...request,
        onProgress: (share) => {
          request.onProgress(share);
          lab.signal('SIGSTOP').then(resolve, reject);
        },
      }),
    toSpeech: (request) => tools.toSpeech(request),
    cutSpeech: (request) => tools.cutSpeech(request),
    toSamples: (request) => tools.toSamples(request),
  };
  return { media, halted: promise };
}

describe('an accepted upload', () => {
  it('ends succeeded, with an MP3 and a transcript and nothing else', async () => {
    const { prefix } = lab.confinement;
    const modelFolder = '/usr/share/pocketsphinx/model/en-us';
    await bench.start({
      transcriber: new PocketsphinxTranscriber({ modelFolder, prefix, media: lab.tools() }),
    });
    const { id, source } = await bench.accept(talk, { quality: 'V5' });
    const { job, message } = await bench.outcome(id);

    expect(job).toMatchObject({
      state: 'succeeded',
      audio: { state: 'done', progress: 1, durationSeconds: expect.any(Number) },
      transcript: { state: 'done', progress: 1, engine: 'pocketsphinx', model: 'en-us', language: 'en' },
    });
    expect(job).not.toHaveProperty('error');
    expect(message).toMatchObject({
      outcome: 'ready',
      audioFileId: job.audio.fileId,
      transcriptFileId: job.transcript.fileId,
    });
    expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript']);

    const mp3 = join(lab.folder, 'result.mp3');
    await writeFile(mp3, await bench.content(job.audio.fileId));
    const { format } = probeResult(mp3);
    expect(format.tags).toMatchObject({ title: 'Summer 2026', artist: 'the artist' });
    expect(format.duration).toBeCloseTo(job.audio.durationSeconds ?? 0, 1);
    const stored = await bench.files.stat(job.audio.fileId ?? '');
    expect(stored).toMatchObject({
      name: 'Summer 2026.mp3',
      contentType: 'audio/mpeg',
      bytes: job.audio.bytes,
    });
    expect(stored?.ownerId).toBe((await bench.files.stat(source.fileId))?.ownerId);

    const text = await bench.content(job.transcript.fileId);
    expect(job.transcript.bytes).toBe(text.length);
    const transcript = transcriptSchema.parse(JSON.parse(String(text)));
    expect(transcript).toMatchObject({ engine: 'pocketsphinx', language: 'en' });
    expect(transcript.durationSeconds).toBeCloseTo(job.audio.durationSeconds ?? 0, 0);
    const heard = transcript.segments.map(({ text }) => text).join(' ');
    expect(wordErrorRate(said, heard)).toBeLessThanOrEqual(0.2);
  });

  it('without a wish for a transcript gets none', async () => {
    await bench.start({ transcriber: openai() });
    const { id } = await bench.accept(talk, { transcript: 'no', title: 'My own title' });
    const { job, message } = await bench.outcome(id);
    expect(job).toMatchObject({
      state: 'succeeded',
      audio: { state: 'done' },
      transcript: { state: 'skipped' },
    });
    expect(job.transcript).not.toHaveProperty('error');
    expect(message).toMatchObject({ outcome: 'ready', transcriptFileId: null });
    expect(await bench.storedKinds()).toEqual(['audio', 'source']);
    expect(api.count).toBe(0);
  });

  it('on a server without a speech engine succeeds, and says why there is no transcript', async () => {
    await bench.start({ transcriber: null });
    const { job } = await bench.outcome((await bench.accept(talk)).id);
    expect(job).toMatchObject({
      state: 'succeeded',
      audio: { state: 'done' },
      transcript: { state: 'skipped', error: { code: 'ENGINE_MISSING', reason: expect.any(String) } },
    });
    expect(await bench.storedKinds()).toEqual(['audio', 'source']);
  });

  it('hands language and prompt to the engine, the stated language before the default one', async () => {
    await bench.start({ transcriber: openai(), defaultLanguage: 'fr' });
    await bench.outcome((await bench.accept(talk, { language: 'de', prompt: 'Ada' })).id);
    expect(api.received).toMatchObject([{ language: 'de', prompt: 'Ada', responseFormat: 'verbose_json' }]);
  });

  it('without a stated language is taken for the default one', async () => {
    await bench.start({ transcriber: openai(), defaultLanguage: 'fr' });
    const { job } = await bench.outcome((await bench.accept(talk)).id);
    expect(api.received).toMatchObject([{ language: 'fr' }]);
    expect(job.transcript).toMatchObject({ engine: 'openai', model: 'whisper-1', language: 'fr' });
  });
});

describe('media that cannot be converted', () => {
  it('fails the job with the code, and its owner is told', async () => {
    await bench.start();
    const silent = await lab.make('mp4', ...pictures, '-c:v', 'mpeg4');
    const { job, message } = await bench.outcome((await bench.accept(silent)).id);
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'NO_AUDIO_TRACK' },
      audio: { state: 'failed', error: { code: 'NO_AUDIO_TRACK' } },
      transcript: { state: 'skipped' },
    });
    expect(message).toMatchObject({ outcome: 'failed', audioFileId: null, transcriptFileId: null });
    expect(await bench.storedKinds()).toEqual(['source']);
  });

  it('makes the job partial where half of it could be read', async () => {
    const whole = await readFile(
      await lab.make(
        'matroska',
        ...pictures,
        '-f',
        'lavfi',
        '-i',
        'sine=d=4',
        '-c:v',
        'mpeg4',
        '-c:a',
        'mp3',
      ),
    );
    await bench.start();
    const cut = await lab.write(whole.subarray(0, whole.length / 2));
    const { job } = await bench.outcome((await bench.accept(cut, { transcript: 'no' })).id);
    expect(job).toMatchObject({
      state: 'partial',
      error: { code: 'INCOMPLETE_OUTPUT' },
      audio: { state: 'done', error: { code: 'INCOMPLETE_OUTPUT' } },
    });
    expect((await bench.content(job.audio.fileId)).length).toBe(job.audio.bytes);
  });

  it('fails with SOURCE_MISSING when the upload is gone', async () => {
    const { id, source } = await bench.accept(talk);
    await bench.files.delete(source.fileId);
    await bench.start();
    const { job } = await bench.outcome(id);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'SOURCE_MISSING' } });
  });

  it('waits for a better time when the temporary folder is full', async () => {
    const disk = await TinyDisk.open();
    // Where no small disk can be mounted, every write of the MP3 fails as on a full one.
    const fullAtMp3: Workspace = {
      use: (work) =>
        bench.workspace.use(async (folder) => {
          await symlink('/dev/full', join(folder, 'audio.mp3'));
          return work(folder);
        }),
    };
    const large = await lab.make('wav', '-f', 'lavfi', '-i', 'anoisesrc=d=30:seed=1');
    await bench.start({ workspace: disk.isMounted ? await LocalWorkspace.open(disk.folder) : fullAtMp3 });
    const { id } = await bench.accept(large);
    const job = await bench.until(id, ({ attempts }) => attempts === 1);
    await bench.finish();
    expect(job).toMatchObject({
      state: 'queued',
      error: { code: 'STORAGE_FULL' },
      audio: { state: 'pending' },
    });
    expect(job.retryAt).toBeGreaterThan(job.createdAt);
    expect(await bench.storedKinds()).toEqual(['source']);
    await disk.close();
  });
});

describe('a speech engine that fails', () => {
  it('for good leaves the MP3: partial, with its code', async () => {
    api.behaviour = { kind: 'refuse', status: 401 };
    await bench.start({ transcriber: openai() });
    const { job, message } = await bench.outcome((await bench.accept(talk)).id);
    expect(job).toMatchObject({
      state: 'partial',
      error: { code: 'PROVIDER_AUTH' },
      audio: { state: 'done' },
      transcript: { state: 'failed', error: { code: 'PROVIDER_AUTH' } },
    });
    expect(job.transcript).not.toHaveProperty('fileId');
    expect(message).toMatchObject({
      outcome: 'ready',
      audioFileId: job.audio.fileId,
      transcriptFileId: null,
    });
    expect(api.count).toBe(1);
    // The speech itself may stay until the sweeper comes by.
    expect((await bench.storedKinds()).filter((kind) => kind !== 'chunk')).toEqual(['audio', 'source']);
  });

  it('for now is asked again, as late as it wants, and the speech is kept', async () => {
    api.behaviour = { kind: 'refuse', status: 429, headers: { 'retry-after': '3600' } };
    await bench.start({ transcriber: openai() });
    const { id } = await bench.accept(talk);
    const job = await bench.until(id, ({ chunks }) => chunks[0]?.attempts === 1);
    await bench.finish();
    expect(job).toMatchObject({
      state: 'transcribing',
      audio: { state: 'done' },
      transcript: { state: 'running', error: { code: 'PROVIDER_RATE_LIMITED' } },
    });
    expect(job.chunks[0]?.retryAt).toBeGreaterThanOrEqual(job.updatedAt + 3_600_000);
    expect(api.count).toBe(1);
    expect(await bench.queue.depth('transcribe')).toBe(1);
    expect(await bench.storedKinds()).toEqual(['audio', 'chunk', 'source']);
  });
});

describe('an end in the middle', () => {
  it('a job that is cancelled loses its ffmpeg, and nothing of it stays', async () => {
    const { media, halted } = haltingMedia();
    await bench.start({ media });
    const { id } = await bench.accept(hour);
    await halted;
    expect((await lab.processes()).length).toBeGreaterThan(0);
    await bench.apply(id, cancel);
    await bench.finish();
    expect(await lab.processes()).toEqual([]);
    expect(await bench.job(id)).toMatchObject({ state: 'cancelled', audio: { state: 'skipped' } });
    expect(await bench.storedKinds()).toEqual(['source']);
  });

  it('a worker that stops gives the job back, and the next one does it; the attempt does not count', async () => {
    const { media, halted } = haltingMedia();
    const worker = await bench.start({ media });
    const { id } = await bench.accept(hour, { transcript: 'no', quality: 'V9' });
    await halted;
    worker.giveBack();
    await worker.finish();
    expect(await lab.processes()).toEqual([]);
    expect(await bench.job(id)).toMatchObject({ state: 'queued', attempts: 0, audio: { state: 'pending' } });
    expect(await bench.storedKinds()).toEqual(['source']);
    await bench.start();
    expect((await bench.outcome(id)).job.state).toBe('succeeded');
    expect(await bench.storedKinds()).toEqual(['audio', 'source']);
  });
});

describe('a recording in several chunks', () => {
  /** A job with its MP3 and three chunks of ten seconds, none of them transcribed. */
  async function inChunks(): Promise<{ id: string; chunks: Chunk[] }> {
    const { id, ownerId } = await bench.prepare(talk);
    const speech = await lab.make('flac', '-f', 'lavfi', '-i', 'sine=d=1:r=16000');
    const cut = [];
    for (const startSeconds of [0, 10, 20]) {
      const meta = {
        ownerId,
        jobId: id,
        kind: 'chunk',
        name: 'chunk.flac',
        contentType: 'audio/flac',
      } as const;
      const { id: fileId } = await bench.files.write({ id: newId(), ...meta }, createReadStream(speech));
      cut.push({ fileId, startSeconds, endSeconds: startSeconds + 10 });
    }
    const mp3 = { fileId: newId(), bytes: 1, durationSeconds: 30 };
    return bench.apply(id, claimVideo('worker'), audioDone(mp3), chunksCut(cut));
  }

  beforeEach(() => {
    const segments = [{ start: 1, end: 2.5, text: 'Hello.' }];
    api.behaviour = { kind: 'hear', speech: { text: 'Hello.', segments } };
  });

  it('is put together once, with times from its beginning', async () => {
    await bench.start({ transcriber: openai(), slots: { video: 1, transcribe: 3 } });
    const { job } = await bench.outcome((await inChunks()).id);
    expect(job).toMatchObject({ state: 'succeeded', transcript: { state: 'done', language: 'en' } });
    const transcript = transcriptSchema.parse(JSON.parse(String(await bench.content(job.transcript.fileId))));
    expect(transcript).toMatchObject({
      durationSeconds: 30,
      segments: [
        { start: 1, end: 2.5, text: 'Hello.' },
        { start: 11, end: 12.5, text: 'Hello.' },
        { start: 21, end: 22.5, text: 'Hello.' },
      ],
    });
    expect(api.count).toBe(3);
    expect(await bench.storedKinds()).toEqual(['source', 'transcript']);
  });

  it('is given up once where the engine was taken away meanwhile', async () => {
    await bench.start({ transcriber: null, slots: { video: 1, transcribe: 3 } });
    const { job } = await bench.outcome((await inChunks()).id);
    expect(job).toMatchObject({
      state: 'partial',
      transcript: { state: 'failed', error: { code: 'ENGINE_MISSING' } },
    });
    expect(await bench.queue.depth('mp3')).toBe(0);
    expect(await bench.queue.deadLetters('transcribe', 10)).toEqual([]);
  });

  it('pays for no chunk twice after a crash', async () => {
    const { id } = await inChunks();
    const job = await bench.job(id);
    const result = JSON.stringify({
      language: 'en',
      segments: [{ start: 3, end: 4, text: 'Before the crash.' }],
    });
    const { id: resultId } = await bench.files.write(
      {
        ...{ id: newId(), ownerId: job.ownerId, jobId: id },
        ...({ kind: 'chunk-result', name: 'chunk-1.json', contentType: 'application/json' } as const),
      },
      Readable.from([result]),
    );
    await bench.apply(id, claimChunk(1, 'dead'), chunkCheckpoint(1, resultId), chunkGivenBack(1));
    await bench.start({ transcriber: openai() });
    const outcome = await bench.outcome(id);
    expect(api.count).toBe(2);
    const content = String(await bench.content(outcome.job.transcript.fileId));
    expect(transcriptSchema.parse(JSON.parse(content)).segments).toMatchObject([
      { start: 1 },
      { start: 13, text: 'Before the crash.' },
      { start: 21 },
    ]);
  });
});
