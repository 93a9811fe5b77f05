import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { JobFailure, transcriptSchema, type Job, type TranscriptOptions } from '@clipscribe/contracts';
import { newTranscript, servedTranscript, transcriptsOf } from '@clipscribe/job-protocol';
import type { SpeechRequest, Transcriber } from '../src/transcriber.ts';
import type { ConverterDeps } from '../src/worker.ts';
import { MediaLab } from './media-lab.ts';
import { WorkerBench } from './worker-bench.ts';

let lab: MediaLab;
let bench: WorkerBench;
let tone: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  tone = await lab.make('wav', '-f', 'lavfi', '-i', 'sine=d=4');
});
afterAll(async () => {
  await lab.close();
});
beforeEach(async () => {
  bench = await WorkerBench.open(lab);
});
afterEach(async () => {
  await bench.close();
});

/** An engine that always hears the same, and keeps what it was asked. */
function engineThatHears(text: string, asked: SpeechRequest[] = []): Transcriber {
  return {
    engine: text,
    model: `model of ${text}`,
    transcribe: (request) => {
      asked.push(request);
      return Promise.resolve({
        language: request.language ?? 'it',
        segments: [{ start: 0, end: 1, text }],
        words: [{ start: 0, end: 1, text }],
      });
    },
  };
}

function withEngine(transcriber: Transcriber): Partial<ConverterDeps> {
  return { transcriber, voice: null, chunkSeconds: 600 };
}

/** One run on a converter of its own, to its end. */
async function run(id: string, deps: Partial<ConverterDeps>): Promise<Job> {
  await bench.start(deps);
  return (await bench.outcome(id)).job;
}

async function again(id: string, options: TranscriptOptions, deps: Partial<ConverterDeps>): Promise<Job> {
  await bench.apply(id, newTranscript(options));
  return run(id, deps);
}

async function textOf(fileId: string | undefined): Promise<string[]> {
  const content: unknown = JSON.parse(String(await bench.content(fileId)));
  return transcriptSchema.parse(content).segments.map(({ text }) => text);
}

it('a job is transcribed again by another engine and with other options, and keeps its MP3 and both transcripts', async () => {
  const { id } = await bench.accept(tone, { language: 'en' });
  const first = await run(id, withEngine(engineThatHears('first')));
  const mp3 = await bench.content(first.audio.fileId);

  const media = lab.tools();
  media.toMp3 = () => Promise.reject(new JobFailure('CORRUPT_MEDIA', { detail: 'the MP3 is there already' }));
  const asked: SpeechRequest[] = [];
  const second = await again(
    id,
    { prompt: 'Ada' },
    { ...withEngine(engineThatHears('second', asked)), media },
  );

  expect(asked).toMatchObject([{ prompt: 'Ada' }]);
  expect(asked[0]).not.toHaveProperty('language');
  expect(second).toMatchObject({ state: 'succeeded', run: 2, audio: first.audio });
  expect((await bench.content(second.audio.fileId)).equals(mp3)).toBe(true);
  const versions = transcriptsOf(second);
  expect(versions).toMatchObject([
    { engine: 'first', model: 'model of first', language: 'en', options: { language: 'en' }, words: 1 },
    { engine: 'second', model: 'model of second', language: 'it', options: { prompt: 'Ada' }, words: 1 },
  ]);
  for (const { secondsTranscribed } of versions) expect(secondsTranscribed).toBeCloseTo(4, 1);
  expect(await Promise.all(versions.map(({ fileId }) => textOf(fileId)))).toEqual([['first'], ['second']]);
  expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript', 'transcript']);
});

it('what an engine was asked twice is counted twice', async () => {
  const { id } = await bench.accept(tone);
  const twice: Transcriber = {
    ...engineThatHears('again'),
    transcribe: () => Promise.resolve({ language: 'en', segments: [], answers: 2 }),
  };
  const { transcript } = await run(id, withEngine(twice));
  expect(transcript.secondsTranscribed).toBeCloseTo(8, 1);
});

it('a version that fails leaves the MP3 and the transcript of before', async () => {
  const { id } = await bench.accept(tone);
  const first = await run(id, withEngine(engineThatHears('first')));
  const refusing: Transcriber = {
    ...engineThatHears('second'),
    transcribe: () => Promise.reject(new JobFailure('PROVIDER_AUTH')),
  };
  const failed = await again(id, {}, withEngine(refusing));
  expect(failed).toMatchObject({
    ...{ state: 'partial', error: { code: 'PROVIDER_AUTH' }, audio: first.audio },
    notice: { messageId: `<ready.${id}.2@clipscribe>` },
  });
  expect(transcriptsOf(failed).map(({ state }) => state)).toEqual(['done', 'failed']);
  expect(servedTranscript(failed)).toBe(first.transcript.fileId);
  expect(await bench.storedKinds()).toEqual(['audio', 'source', 'transcript']);

  const third = await again(id, {}, withEngine(engineThatHears('third')));
  expect(third.state).toBe('succeeded');
  expect(await textOf(servedTranscript(third))).toEqual(['third']);
});
