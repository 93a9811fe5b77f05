import { join } from 'node:path';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import { parseRetryAfter } from '../src/adapters/openai-failures.ts';
import { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import type { SpeechRequest } from '../src/transcriber.ts';
import { SpeechApi, type Behaviour } from '../testing/index.ts';
import { run } from './media-lab.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-openai-'));
  path = join(folder, 'speech.flac');
  run('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'sine=d=2:r=16000', '-ac', '1', path);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

let api: SpeechApi;
beforeEach(async () => {
  api = await SpeechApi.start();
});
afterEach(async () => {
  await api.close();
});

const signal = new AbortController().signal;
type Options = Partial<ConstructorParameters<typeof OpenaiTranscriber>[0]>;

function transcriber(options: Options = {}): OpenaiTranscriber {
  return new OpenaiTranscriber({ apiKey: api.key, baseUrl: api.url, model: 'whisper-1', ...options });
}

function request(values: Partial<SpeechRequest> = {}): SpeechRequest {
  return { path, durationSeconds: 2, ...values };
}

/** The failure that a transcription against this behaviour ends with. */
async function failureOf(behaviour: Behaviour, options?: Options): Promise<JobFailure> {
  api.behaviour = behaviour;
  const error: unknown = await transcriber(options)
    .transcribe(request({ durationSeconds: 0 }), signal)
    .then(
      () => 'no failure',
      (reason: unknown) => reason,
    );
  if (error instanceof JobFailure) return error;
  throw new Error('expected a JobFailure', { cause: error });
}

describe('a request', () => {
  it('carries the key, the model and the whole recording as FLAC', async () => {
    await transcriber().transcribe(request(), signal);
    expect(api.received).toEqual([
      {
        key: 'test-key',
        model: 'whisper-1',
        responseFormat: 'verbose_json',
        language: undefined,
        prompt: undefined,
        fileName: 'speech.flac',
        contentType: 'audio/flac',
        audio: await readFile(path),
        fields: expect.arrayContaining(['file', 'model', 'response_format']),
      },
    ]);
    expect(api.received[0]?.fields).toHaveLength(3);
  });

  it('carries language and prompt where they are known', async () => {
    await transcriber().transcribe(request({ language: 'de', prompt: 'Grüße, "Ada"; 日本' }), signal);
    expect(api.received).toMatchObject([{ language: 'de', prompt: 'Grüße, "Ada"; 日本' }]);
  });

  it.each([
    ['whisper-1', 'verbose_json'],
    ['Systran/faster-whisper-large-v3', 'verbose_json'],
    ['gpt-4o-transcribe', 'json'],
    ['gpt-4o-mini-transcribe', 'json'],
  ])('asks %s for %s', async (model, responseFormat) => {
    await transcriber({ model }).transcribe(request(), signal);
    expect(api.received).toMatchObject([{ model, responseFormat }]);
  });

  it('is made for recordings of any length', async () => {
    await transcriber().transcribe(request({ durationSeconds: 2.345_678_9 }), signal);
    expect(api.count).toBe(1);
  });

  it('is not made without a key', async () => {
    const failure = await failureOf({ kind: 'hang' }, { apiKey: undefined });
    expect(failure).toMatchObject({ code: 'PROVIDER_AUTH', transient: false });
    expect(api.count).toBe(0);
  });
});

describe('an answer', () => {
  const hear = (speech: Extract<Behaviour, { kind: 'hear' }>['speech']) => {
    api.behaviour = { kind: 'hear', speech };
  };
  const say = (body: unknown) => {
    api.behaviour = { kind: 'say', body: JSON.stringify(body), contentType: 'application/json' };
  };

  it('with segments gives their times and the language that was detected', async () => {
    const segments = [
      { start: 0, end: 0.8, text: ' Guten Tag.' },
      { start: 0.9, end: 1.6, text: ' Auf Wiedersehen.' },
    ];
    hear({ text: 'Guten Tag. Auf Wiedersehen.', language: 'german', segments });
    expect(await transcriber().transcribe(request(), signal)).toEqual({ language: 'de', segments });
  });

  it('without segments is one segment as long as the recording', async () => {
    hear({ text: ' Hello there. ' });
    expect(await transcriber({ model: 'gpt-4o-transcribe' }).transcribe(request(), signal)).toEqual({
      language: null,
      segments: [{ start: 0, end: 2, text: 'Hello there.' }],
    });
  });

  it.each(['whisper-1', 'gpt-4o-transcribe'])(
    'of %s that heard nothing is an empty transcript',
    async (model) => {
      hear({ text: '', segments: [] });
      expect((await transcriber({ model }).transcribe(request(), signal)).segments).toEqual([]);
    },
  );

  it.each([
    ['english', 'en'],
    ['German', 'de'],
    ['ja', 'ja'],
    ['klingon', null],
    [null, null],
  ])('in %s is in %s', async (language, expected) => {
    say({ text: 'x', language, segments: null });
    expect((await transcriber().transcribe(request(), signal)).language).toBe(expected);
  });

  it('does not overrule the language that the owner stated', async () => {
    hear({ text: 'x', language: 'english' });
    expect((await transcriber().transcribe(request({ language: 'de' }), signal)).language).toBe('de');
  });

  it('with times a little below zero is corrected', async () => {
    say({ text: 'x', segments: [{ start: -0.02, end: 1, text: 'x' }] });
    const { segments } = await transcriber().transcribe(request(), signal);
    expect(segments).toEqual([{ start: 0, end: 1, text: 'x' }]);
  });

  it('of some megabytes is read', async () => {
    api.behaviour = { kind: 'flood', bytes: 4 * 2 ** 20 };
    const { segments } = await transcriber().transcribe(request(), signal);
    expect(segments[0]?.text).toHaveLength(4 * 2 ** 20);
  });
});

describe('a failure', () => {
  const html = '<!doctype html><title>502</title>';
  const json = 'application/json';

  it.each<[string, Behaviour, FailureCode, boolean]>([
    ['401', { kind: 'refuse', status: 401 }, 'PROVIDER_AUTH', false],
    ['403', { kind: 'refuse', status: 403 }, 'PROVIDER_AUTH', false],
    ['400', { kind: 'refuse', status: 400 }, 'PROVIDER_REJECTED', false],
    ['404', { kind: 'refuse', status: 404 }, 'PROVIDER_REJECTED', false],
    ['413', { kind: 'refuse', status: 413 }, 'PROVIDER_TOO_LARGE', false],
    ['429', { kind: 'refuse', status: 429, code: 'rate_limit_exceeded' }, 'PROVIDER_RATE_LIMITED', true],
    [
      '429 for the quota',
      { kind: 'refuse', status: 429, code: 'insufficient_quota' },
      'PROVIDER_QUOTA',
      true,
    ],
    ['408', { kind: 'refuse', status: 408 }, 'PROVIDER_UNAVAILABLE', true],
    ['500', { kind: 'refuse', status: 500 }, 'PROVIDER_UNAVAILABLE', true],
    ['503', { kind: 'refuse', status: 503 }, 'PROVIDER_UNAVAILABLE', true],
    ['a page with 200', { kind: 'say', body: html, contentType: 'text/html' }, 'PROVIDER_UNAVAILABLE', true],
    [
      'a page that says it is JSON',
      { kind: 'say', body: html, contentType: json },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    [
      'half of a JSON',
      { kind: 'say', body: '{"text":"Hel', contentType: json },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    ['nothing', { kind: 'say', body: '', contentType: json }, 'PROVIDER_UNAVAILABLE', true],
    ['an array', { kind: 'say', body: '[]', contentType: json }, 'PROVIDER_UNAVAILABLE', true],
    ['null', { kind: 'say', body: 'null', contentType: json }, 'PROVIDER_UNAVAILABLE', true],
    [
      'a number for the text',
      { kind: 'say', body: '{"text":1}', contentType: json },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    [
      'texts for the times',
      {
        kind: 'say',
        body: '{"text":"x","segments":[{"start":"0","end":"1","text":"x"}]}',
        contentType: json,
      },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    [
      'times beyond all numbers',
      {
        kind: 'say',
        body: '{"text":"x","segments":[{"start":0,"end":1e999,"text":"x"}]}',
        contentType: json,
      },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    ['more than 32 MB', { kind: 'flood', bytes: 40 * 2 ** 20 }, 'PROVIDER_UNAVAILABLE', true],
    [
      'a connection that is cut before the answer',
      { kind: 'cut', afterBytes: 0 },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    ['a connection that is cut in the answer', { kind: 'cut', afterBytes: 20 }, 'PROVIDER_UNAVAILABLE', true],
  ])('%s, asked for once', async (_name, behaviour, code, transient) => {
    const failure = await failureOf(behaviour);
    expect(failure).toMatchObject({ code, transient, retryAfterMs: undefined });
    expect(api.count).toBe(1);
  });

  it.each<[string, Behaviour]>([
    ['no answer', { kind: 'hang' }],
    ['an answer that stops in the middle', { kind: 'stall' }],
  ])('%s ends after the timeout', async (_name, behaviour) => {
    const failure = await failureOf(behaviour, { baseTimeoutMs: 200 });
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', transient: true });
    expect(api.count).toBe(1);
  });

  it('a server that is not there', async () => {
    const gone = await SpeechApi.start();
    await gone.close();
    const failure = await failureOf({ kind: 'hang' }, { baseUrl: gone.url });
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', transient: true });
    expect(api.count).toBe(0);
  });

  it('the wrong key', async () => {
    expect(await failureOf({ kind: 'hang' }, { apiKey: 'wrong' })).toMatchObject({ code: 'PROVIDER_AUTH' });
    expect(api.count).toBe(1);
  });

  it.each([
    [429, 'rate_limit_exceeded', '7', 7000],
    [429, 'rate_limit_exceeded', '0', 0],
    [429, 'insufficient_quota', '3600', 3_600_000],
    [503, 'overloaded', '20', 20_000],
    [429, 'rate_limit_exceeded', 'soon', undefined],
  ])('%i %s with Retry-After: %s', async (status, code, retryAfter, expected) => {
    const headers = { 'retry-after': retryAfter };
    const failure = await failureOf({ kind: 'refuse', status, code, headers });
    expect(failure).toMatchObject({ transient: true, retryAfterMs: expected });
    expect(api.count).toBe(1);
  });

  it.each([401, 500])('%i does not carry the key into the log', async (status) => {
    const failure = await failureOf({ kind: 'refuse', status });
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('test-key');
  });
});

describe('an abort', () => {
  it('ends the request and rejects with its reason', async () => {
    api.behaviour = { kind: 'hang' };
    const abort = new AbortController();
    const received = api.nextRequest();
    const outcome = expect(transcriber().transcribe(request(), abort.signal)).rejects.toBe('lost');
    await received;
    abort.abort('lost');
    await outcome;
    expect(api.count).toBe(1);
  });

  it('that came before asks nobody', async () => {
    await expect(transcriber().transcribe(request(), AbortSignal.abort('lost'))).rejects.toBe('lost');
    expect(api.count).toBe(0);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120_000],
    ['0.5', 500],
    ['-3', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%p is %p ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
