import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog } from '@clipscribe/runtime';
import { openTranscriber } from '../src/adapters/open-transcriber.ts';
import { PocketsphinxTranscriber } from '../src/adapters/pocketsphinx-transcriber.ts';
import { readConverterConfig } from '../src/config.ts';
import type { Transcriber } from '../src/transcriber.ts';
import { MediaLab, run } from './media-lab.ts';
import { wordErrorRate } from './word-error-rate.ts';

const said = [
  'My mother and father live in a small white house near the river.',
  'We went to the market and bought some bread and milk for breakfast this morning.',
];
const signal = new AbortController().signal;

let lab: MediaLab;
let engine: Transcriber;
let durationSeconds: number;
/** Both sentences, with two seconds of silence between them. */
let speech: string;

async function openEngine(env: Record<string, string>): Promise<Transcriber | null> {
  const config = readConverterConfig(env).transcriber;
  return openTranscriber({ config, prefix: lab.confinement.prefix, media: lab.tools(), log: silentLog });
}

beforeAll(async () => {
  lab = await MediaLab.open();
  const opened = await openEngine({ TRANSCRIBER: 'pocketsphinx' });
  if (opened === null) throw new Error('there is no engine');
  engine = opened;
  const [one = '', two = ''] = said.map((sentence, index) => {
    const wav = join(lab.folder, `sentence-${String(index)}.wav`);
    run('flite', '-voice', 'rms', '-t', sentence, '-o', wav);
    return wav;
  });
  const pause = '[0]apad=pad_dur=2[a];[a][1]concat=n=2:v=0:a=1';
  const input = await lab.make('wav', '-i', one, '-i', two, '-filter_complex', pause);
  speech = join(lab.folder, 'speech.flac');
  ({ durationSeconds } = await lab.tools().toSpeech({ input, output: speech, signal }));
});
afterAll(async () => {
  await lab.close();
});

async function flacOf(...source: string[]): Promise<string> {
  return lab.make('flac', ...source, '-ac', '1', '-ar', '16000');
}

describe('pocketsphinx', () => {
  it('understands clear English nearly word for word, and says when each word was spoken', async () => {
    const {
      language,
      segments,
      words = [],
    } = await engine.transcribe({ path: speech, durationSeconds }, signal);
    expect(language).toBe('en');
    expect(segments.length).toBeGreaterThanOrEqual(2);
    const heard = segments.map(({ text }) => text).join(' ');
    expect(wordErrorRate(said.join(' '), heard)).toBeLessThanOrEqual(0.2);
    expect(words.map(({ text }) => text).join(' ')).toBe(heard);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(0)).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThanOrEqual(durationSeconds);
    const river = words.find(({ text }) => text === 'river');
    const we = words.find(({ text }) => text === 'we');
    expect((we?.start ?? 0) - (river?.end ?? 0)).toBeGreaterThan(1.5);
    for (const { confidence } of segments) expect(confidence).toBeGreaterThan(0);
  });

  it('hears nothing in silence', async () => {
    const path = await flacOf('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono:d=3');
    expect(await engine.transcribe({ path, durationSeconds: 3 }, signal)).toEqual({
      language: 'en',
      segments: [],
      words: [],
    });
  });

  it('takes English by name, and no other language', async () => {
    const path = await flacOf('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono:d=0.5');
    const request = { path, durationSeconds: 0.5 };
    expect((await engine.transcribe({ ...request, language: 'en' }, signal)).language).toBe('en');
    await expect(engine.transcribe({ ...request, language: 'de' }, signal)).rejects.toMatchObject({
      code: 'LANGUAGE_UNSUPPORTED',
      transient: false,
    });
  });

  it('fails with ENGINE_FAILED when the engine does, and is tried again', async () => {
    const broken = new PocketsphinxTranscriber({
      modelFolder: lab.folder,
      prefix: lab.confinement.prefix,
      media: lab.tools(),
    });
    await expect(broken.transcribe({ path: speech, durationSeconds }, signal)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      transient: true,
    });
  });

  it('stops when it is aborted, and nothing of it is left', async () => {
    const abort = new AbortController();
    // An engine that has begun to listen, and never ends, in the place of the real one.
    const engineStarted = ['sh', '-c', 'echo "$@" > "$0"; sleep 25 & sleep 25', join(lab.folder, 'started')];
    const hanging = new PocketsphinxTranscriber({
      modelFolder: '/usr/share/pocketsphinx/model/en-us',
      prefix: [...lab.confinement.prefix, ...engineStarted],
      media: lab.tools(),
    });
    run('mkfifo', join(lab.folder, 'started'));
    const work = hanging.transcribe({ path: speech, durationSeconds }, abort.signal);
    const outcome = expect(work).rejects.toBe('lost');
    expect(await readFile(join(lab.folder, 'started'), 'utf8')).toContain('pocketsphinx_continuous');
    abort.abort('lost');
    await outcome;
    expect(await lab.processes()).toEqual([]);
  });
});

describe('openTranscriber', () => {
  it('finds the engine by itself', async () => {
    expect((await openEngine({}))?.engine).toBe('pocketsphinx');
  });

  it('makes no transcripts where the model is missing, and refuses to start when it was asked for', async () => {
    const missing = { POCKETSPHINX_MODEL: lab.folder };
    expect(await openEngine({ ...missing, TRANSCRIBER: 'auto' })).toBeNull();
    await expect(openEngine({ ...missing, TRANSCRIBER: 'pocketsphinx' })).rejects.toThrow(/not installed/);
  });

  it('makes none when told so', async () => {
    expect(await openEngine({ TRANSCRIBER: 'none' })).toBeNull();
  });

  it('opens the API with the model that the operator names', async () => {
    const opened = await openEngine({ TRANSCRIBER: 'openai', OPENAI_MODEL: 'whisper-large' });
    expect(opened).toMatchObject({ engine: 'openai', model: 'whisper-large' });
  });
});
