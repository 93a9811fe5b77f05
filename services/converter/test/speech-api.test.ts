import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { faults, SpeechApi, spawnSpeechApi, type Behaviour } from '../testing/index.ts';
import { run } from './media-lab.ts';
import { wordErrorRate } from './word-error-rate.ts';

const said = 'My mother and father live in a small white house near the river.';

let folder: string;
let speech: Buffer<ArrayBuffer>;
let api: SpeechApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-api-'));
  const [wav, flac] = [join(folder, 'said.wav'), join(folder, 'said.flac')];
  run('flite', '-voice', 'rms', '-t', said, '-o', wav);
  run('ffmpeg', '-v', 'error', '-i', wav, '-ar', '16000', flac);
  speech = Buffer.from(await readFile(flac));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  api = await SpeechApi.start();
});
afterEach(async () => {
  await api.close();
});

type Value = string | File;

interface Answer {
  status: number;
  type: string | null;
  text: string;
}

/** Asks with a form: the good fields, changed; undefined leaves a field out. */
async function post(
  changes: Record<string, Value | Value[] | undefined> = {},
  { key, url } = { key: api.key, url: api.url },
): Promise<Response> {
  const file = new File([speech], 'said.flac', { type: 'audio/flac' });
  const form = new FormData();
  const fields: typeof changes = { file, model: 'whisper-1', ...changes };
  for (const [name, value] of Object.entries(fields)) {
    for (const item of [value].flat()) if (item !== undefined) form.append(name, item);
  }
  const headers = { authorization: `Bearer ${key}` };
  return fetch(`${url}/audio/transcriptions`, { method: 'POST', headers, body: form });
}

async function ask(...args: Parameters<typeof post>): Promise<Answer> {
  return read(await post(...args));
}

async function read(answer: Response): Promise<Answer> {
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const refusalSchema = z.object({
  error: z.object({
    ...{ message: z.string(), type: z.string() },
    ...{ param: z.string().nullable(), code: z.string().nullable() },
  }),
});

function refusal({ status, text }: Answer): (number | string | null)[] {
  const { param, code } = refusalSchema.parse(JSON.parse(text)).error;
  return [status, param, code];
}

describe('a request to the stand-in', () => {
  const verbose = { response_format: 'verbose_json' };

  it.each<[string, Parameters<typeof ask>[0], (number | string | null)[]]>([
    ['without a model', { model: undefined }, [400, 'model', null]],
    ['for an unknown model', { model: 'whisper-9' }, [404, null, 'model_not_found']],
    ['without a file', { file: undefined }, [400, 'file', null]],
    ['with a text for the file', { file: 'x' }, [400, 'file', null]],
    ['with a file for a text', { prompt: new File(['x'], 'x') }, [400, 'prompt', null]],
    ['with an unknown field', { promt: 'x' }, [400, null, null]],
    ['with a list without brackets', { ...verbose, timestamp_granularities: 'word' }, [400, null, null]],
    ['with one field twice', { prompt: ['a', 'b'] }, [400, 'prompt', null]],
    ['in a language by name', { language: 'english' }, [400, 'language', 'invalid_value']],
    ['in a language with a region', { language: 'en-US' }, [400, 'language', 'invalid_value']],
    ['with a temperature of its own', { temperature: 'warm' }, [400, 'temperature', 'invalid_value']],
    ['that is too hot', { temperature: '1.5' }, [400, 'temperature', 'invalid_value']],
    ['for an unknown form', { response_format: 'xml' }, [400, 'response_format', 'invalid_value']],
    [
      'for a form that the model has not',
      { model: 'gpt-4o-transcribe', ...verbose },
      [400, 'response_format', 'unsupported_value'],
    ],
    [
      'for words in plain json',
      { 'timestamp_granularities[]': 'word' },
      [400, 'timestamp_granularities[]', 'invalid_value'],
    ],
    [
      'for the times of letters',
      { ...verbose, 'timestamp_granularities[]': ['word', 'letter'] },
      [400, 'timestamp_granularities[]', 'invalid_value'],
    ],
    [
      'with a prompt that the model does not take',
      { model: 'gpt-4o-transcribe-diarize', prompt: 'x' },
      [400, 'prompt', 'invalid_value'],
    ],
    ['with a file of an unknown type', { file: new File(['x'], 'x.txt') }, [400, null, null]],
    [
      'with a file that is no sound',
      { file: new File(['x'], 'x.flac', { type: 'audio/flac' }) },
      [400, 'file', null],
    ],
    [
      'with a file over 25 MB',
      { file: new File([Buffer.alloc(25 * 2 ** 20)], 'x.flac', { type: 'audio/flac' }) },
      [413, null, null],
    ],
  ])('%s is refused', async (_name, changes, expected) => {
    expect(refusal(await ask(changes))).toEqual(expected);
    expect(api.received).toEqual([]);
    expect(api.count).toBe(1);
  });

  it('that is too short to hear anything is refused', async () => {
    const path = join(folder, 'short.flac');
    run('ffmpeg', '-y', '-v', 'error', '-f', 'lavfi', '-i', 'sine=d=0.05:r=16000', path);
    const file = new File([await readFile(path)], 'short.flac', { type: 'audio/flac' });
    expect(refusal(await ask({ file }))).toEqual([400, 'file', 'audio_too_short']);
  });

  it('needs a key that works', async () => {
    expect(refusal(await ask({}, { key: 'wrong', url: api.url }))).toEqual([401, null, 'invalid_api_key']);
    const url = `${api.url}/audio/transcriptions`;
    expect(refusal(await read(await fetch(url, { method: 'POST', body: 'x' })))[0]).toBe(401);
  });

  it('needs the right address, method and body', async () => {
    const headers = { authorization: `Bearer ${api.key}` };
    const at = async (path: string, init: RequestInit) =>
      refusal(await read(await fetch(`${api.url}${path}`, { headers, ...init })))[0];
    expect(await at('/audio/transcribe', { method: 'POST' })).toBe(404);
    expect(await at('/audio/transcriptions', {})).toBe(405);
    expect(await at('/audio/transcriptions', { method: 'POST', body: 'x' })).toBe(400);
  });

  it('with everything that is documented is answered', async () => {
    const answer = await ask({
      ...{ language: 'en', prompt: 'Ada', temperature: '0.2', ...verbose },
      'timestamp_granularities[]': ['word', 'segment'],
    });
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse(answer.text)).toMatchObject({
      ...{ task: 'transcribe', language: 'english', text: 'Hello world.' },
      ...{ words: [], segments: [{ text: ' Hello world.' }] },
    });
    expect(api.received).toMatchObject([
      { language: 'en', prompt: 'Ada', temperature: 0.2, responseFormat: 'verbose_json' },
    ]);
  });

  it.each(['text', 'srt'])('for %s is answered with text', async (form) => {
    expect(await ask({ response_format: form })).toMatchObject({ status: 200, type: 'text/plain' });
  });
});

const spokenSchema = z.object({
  text: z.string(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })),
});

const words = { response_format: 'verbose_json', 'timestamp_granularities[]': ['word'] };

describe('what the stand-in hears', () => {
  it('is what PocketSphinx understands, each file once', async () => {
    api.behaviour = { kind: 'recognize' };
    const answers = await Promise.all([ask(words), ask(words), ask(words)]);
    const [{ text }, ...others] = answers;
    for (const other of others) expect(other.text).toBe(text);
    const spoken = spokenSchema.parse(JSON.parse(text));
    expect(wordErrorRate(said, spoken.text)).toBeLessThanOrEqual(0.2);
    expect(spoken.words.map(({ word }) => word).join(' ')).toBe(spoken.text);
    expect(Object.values(api.report().perFile)).toEqual([3]);
  });

  it('is kept for the next process where a folder is named', async () => {
    const cacheFolder = join(folder, 'cache');
    const once = await SpeechApi.start({ cacheFolder, behaviour: { kind: 'recognize' } });
    await api.close();
    api = once;
    const { text } = await ask();
    expect(await readdir(cacheFolder)).toEqual([`${String(api.received[0]?.sha256)}.json`]);
    await api.close();
    api = await SpeechApi.start({ cacheFolder, behaviour: { kind: 'recognize' } });
    expect((await ask()).text).toBe(text);
  });

  it('may be made up, as much as fits into the recording, and the same for the same file', async () => {
    api.behaviour = { kind: 'words', delayMs: 5, wordsPerSecond: 4 };
    const [one, two] = [await ask(words), await ask(words)];
    expect(one).toEqual(two);
    const spoken = spokenSchema.parse(JSON.parse(one.text));
    const seconds = api.received[0]?.durationSeconds ?? 0;
    expect(spoken.words).toHaveLength(Math.floor(4 * seconds));
    expect(spoken.words.at(-1)?.end).toBeLessThanOrEqual(seconds);
  });
});

describe('the faults of the stand-in', () => {
  it('come one for each request, or always, or for a key', async () => {
    const statusOf = async (key = api.key) => (await ask({}, { key, url: api.url })).status;
    api.next.push(faults.serverError, faults.rateLimited);
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([500, 429, 200]);
    api.behaviour = faults.serverError;
    expect([await statusOf(), await statusOf()]).toEqual([500, 500]);
    api.keys.set('spent', faults.quota);
    api.keys.set('other', null);
    expect([await statusOf('spent'), await statusOf('other'), await statusOf('unknown')]).toEqual([
      429, 500, 401,
    ]);
    api.reset();
    expect([await statusOf(), await statusOf('spent')]).toEqual([200, 401]);
  });

  it.each<[Behaviour, string | null]>([
    [faults.rateLimited, null],
    [{ kind: 'rate-limit', retryAfterSeconds: 7 }, '7'],
    [faults.quota, null],
  ])('%p', async (behaviour, retryAfter) => {
    api.behaviour = behaviour;
    const answer = await post();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, retryAfter]);
    await answer.text();
  });

  it('may name a date to wait for', async () => {
    api.behaviour = { kind: 'rate-limit', retryAfterSeconds: 3600, retryAfterForm: 'date' };
    const answer = await post();
    const date = answer.headers.get('retry-after') ?? '';
    expect(new Date(date).toUTCString()).toBe(date);
    expect(Date.parse(date)).toBeGreaterThan(Date.now() + 3_000_000);
    await answer.text();
  });

  it('are answers that are none', async () => {
    api.next.push(faults.html, faults.cutJson, faults.wrongTypes, faults.loop);
    expect((await ask()).type).toBe('text/html');
    const [cut, wrong, loop] = [await ask(), await ask(), await ask()];
    expect(() => JSON.parse(cut.text) as unknown).toThrow();
    expect(JSON.parse(wrong.text)).toMatchObject({ text: ['x'] });
    expect(loop.text.split('Thank you for watching.').length).toBeGreaterThan(10);
  });
});

describe('the stand-in in another process', () => {
  it('is told what to do, and tells what it was asked', async () => {
    const { url, key, control, stop } = await spawnSpeechApi({ behaviour: { kind: 'words' } });
    const there = async (asKey = key) => ask({}, { key: asKey, url });
    try {
      await control.order({ next: [faults.serverError], keys: { spent: faults.quota } });
      expect([(await there()).status, (await there()).status, (await there('spent')).status]).toEqual([
        500, 200, 429,
      ]);
      await control.order({ always: faults.html });
      expect((await there()).type).toBe('text/html');
      const { count, received, perFile } = await control.report();
      expect([count, received.length, Object.values(perFile)]).toEqual([4, 4, [4]]);
      await control.reset();
      expect((await control.report()).count).toBe(0);
      expect((await there()).type).toBe('application/json');
      await expect(control.order({ always: { kind: 'refuse', status: 1.5 } })).rejects.toThrow(/refused/);
    } finally {
      await stop();
    }
  });
});
