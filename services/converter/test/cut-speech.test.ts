import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cancel } from '@clipscribe/job-protocol';
import { silentLog } from '@clipscribe/runtime';
import { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import { SileroVoiceDetector } from '../src/adapters/silero-voice-detector.ts';
import type { MediaTools } from '../src/media-tools.ts';
import type { Transcriber } from '../src/transcriber.ts';
import { SpeechApi } from '../testing/index.ts';
import { MediaLab } from './media-lab.ts';
import { longText, readAloud } from './read-aloud.ts';
import { WorkerBench } from './worker-bench.ts';

const heard = 'We went to the market and bought some bread.';

let lab: MediaLab;
let bench: WorkerBench;
let api: SpeechApi;
let voice: SileroVoiceDetector;
/** About a minute of speech with pauses between the sentences. */
let talk: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  voice = await SileroVoiceDetector.open();
  talk = await readAloud(longText, 'rms', join(lab.folder, 'talk.wav'));
});
afterAll(async () => {
  await voice.close();
  await lab.close();
});

beforeEach(async () => {
  bench = await WorkerBench.open(lab);
  api = await SpeechApi.start();
  api.behaviour = { kind: 'hear', speech: { text: heard, segments: [{ start: 0, end: 1, text: heard }] } };
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

/** The media tools; `before` runs before each chunk is cut, with how many are cut already. */
function cuttingMedia(before: (chunks: number) => Promise<unknown>): MediaTools {
  const tools = lab.tools();
  let chunks = 0;
  return {
    toMp3: (request) => tools.toMp3(request),
    toSpeech: (request) => tools.toSpeech(request),
    toSamples: (request) => tools.toSamples(request),
    cutSpeech: async (request) => {
      await before(chunks);
      chunks += 1;
      await tools.cutSpeech(request);
    },
  };
}

/** Digest of the samples of a file, of a part of it where one is given (in samples). */
function samplesOf(path: string, part?: { first: number; end: number }): string {
  const trim = part && ['-af', `atrim=start_sample=${String(part.first)}:end_sample=${String(part.end)}`];
  const args = ['-v', 'error', '-i', path, ...(trim ?? []), '-f', 's16le', 'pipe:1'];
  const { status, stdout } = spawnSync('ffmpeg', args, { maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error('ffmpeg failed');
  return createHash('sha256').update(stdout).digest('hex');
}

describe('MediaTools.cutSpeech', () => {
  it.each([
    [0, 1.5],
    [12.345, 17.001],
    [49.999, 55],
  ])('copies a part from %d s to %d s to the sample', async (start, end) => {
    const { signal } = new AbortController();
    const [input, output] = [join(lab.folder, 'speech.flac'), join(lab.folder, 'part.flac')];
    await lab.tools().toSpeech({ input: talk, output: input, signal });
    await lab.tools().cutSpeech({ input, output, part: { start, end }, signal });
    const part = { first: Math.round(start * 16_000), end: Math.round(end * 16_000) };
    expect(samplesOf(output)).toBe(samplesOf(input, part));
  });
});

describe('a recording with a transcript to make', () => {
  it('costs nothing for the minutes in which nobody speaks, and times count them', async () => {
    const quiet = ['-f', 'lavfi', '-i', 'anoisesrc=c=pink:a=0.005:d=90'];
    const spoken = '[0]atrim=end=10[a];[2]atrim=start=30:end=40[c];[a][1][c]concat=n=3:v=0:a=1';
    const input = await lab.make('flac', '-i', talk, ...quiet, '-i', talk, '-filter_complex', spoken);
    await bench.start({ transcriber: openai(), voice });
    const { job } = await bench.outcome((await bench.accept(input)).id);
    expect(job).toMatchObject({ state: 'succeeded', transcript: { state: 'done' } });
    expect(api.count).toBe(2);
    expect(job.transcript.secondsTranscribed).toBeLessThan(30);
    expect(job.chunks[1]?.startSeconds).toBeGreaterThan(90);
    expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript']);
    expect(String(await bench.content(job.transcript.fileId))).toContain('"durationSeconds":110');
  });

  it('costs nothing at all where nobody speaks, and says so', async () => {
    const music = "aevalsrc='0.3*sin(2*PI*220*pow(2,mod(floor(t*3)*7,12)/12)*t)':d=20";
    await bench.start({ transcriber: openai(), voice });
    const { job, message } = await bench.outcome(
      (await bench.accept(await lab.make('flac', '-f', 'lavfi', '-i', music))).id,
    );
    expect(job).toMatchObject({
      state: 'succeeded',
      chunks: [],
      transcript: { state: 'done', progress: 1, speech: 'none', engine: 'openai', model: 'whisper-1' },
    });
    expect(message).toMatchObject({ outcome: 'ready', transcriptFileId: job.transcript.fileId });
    expect(api.count).toBe(0);
    expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript']);
  });

  it('is cut in its pauses, and shows how far it is while it is cut', async () => {
    await bench.start({ transcriber: openai(), voice, chunkSeconds: 30 });
    const { id } = await bench.accept(talk);
    const begun = await bench.until(id, ({ transcript }) => transcript.state === 'running');
    expect(begun).toMatchObject({
      state: 'converting',
      audio: { state: 'done', progress: 1 },
      transcript: { state: 'running', progress: 0 },
    });
    const cut = await bench.until(id, ({ state }) => state === 'transcribing');
    expect(cut.transcript.progress).toBeCloseTo(0.1, 5);
    const { job } = await bench.outcome(id);
    expect(job).toMatchObject({ state: 'succeeded', transcript: { progress: 1 } });
    expect(job.chunks.length).toBeGreaterThanOrEqual(3);
    for (const [index, { endSeconds }] of job.chunks.slice(0, -1).entries())
      expect(job.chunks[index + 1]?.startSeconds).toBe(endSeconds);
    expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript']);
  });

  it('tells the engine what was said before a chunk, where that is known', async () => {
    await bench.start({ transcriber: openai(), voice, chunkSeconds: 30, slots: { video: 1, transcribe: 1 } });
    await bench.outcome((await bench.accept(talk, { prompt: 'Ada' })).id);
    expect(api.received[0]?.prompt).not.toContain(heard);
    expect(api.received.slice(1).every(({ prompt }) => prompt?.includes(heard))).toBe(true);
  });

  it('leaves none of its many chunks when one of them fails for good', async () => {
    api.behaviour = { kind: 'refuse', status: 401 };
    await bench.start({ transcriber: openai(), voice, chunkSeconds: 5, slots: { video: 1, transcribe: 4 } });
    const { job } = await bench.outcome((await bench.accept(talk)).id);
    expect(job).toMatchObject({ state: 'partial', error: { code: 'PROVIDER_AUTH' } });
    expect(job.chunks.length).toBeGreaterThanOrEqual(10);
    expect(await bench.storedKinds()).toEqual(['audio', 'source']);
  });

  it('leaves none when it is cancelled while it is being cut', async () => {
    const reached = Promise.withResolvers<undefined>();
    const cancelled = Promise.withResolvers<undefined>();
    const media = cuttingMedia(async (chunks) => {
      if (chunks < 3) return;
      reached.resolve(undefined);
      await cancelled.promise;
    });
    await bench.start({ transcriber: openai(), voice, media, chunkSeconds: 5 });
    const { id } = await bench.accept(talk);
    await reached.promise;
    expect((await bench.storedKinds()).filter((kind) => kind === 'chunk')).toHaveLength(3);
    await bench.apply(id, cancel);
    cancelled.resolve(undefined);
    await bench.finish();
    expect(await bench.job(id)).toMatchObject({ state: 'cancelled', chunks: [] });
    expect(await bench.storedKinds()).toEqual(['audio', 'source']);
    expect(api.count).toBe(0);
  });
});
