import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import { faults, type Behaviour, type SpeechApi } from '../testing/index.ts';
import { OpenaiBench } from './openai-bench.ts';

let bench: OpenaiBench;
let api: SpeechApi;
beforeAll(async () => {
  bench = await OpenaiBench.open();
});
afterAll(async () => {
  await bench.close();
});
beforeEach(async () => {
  api = await bench.server();
});
afterEach(async () => {
  await bench.closeServers();
});

const hear = (...[speech]: [Extract<Behaviour, { kind: 'hear' }>['speech']]) => {
  api.behaviour = { kind: 'hear', speech };
};

describe('a request', () => {
  it('carries the key, the model and the whole recording as FLAC, and asks for the times of words', async () => {
    await bench.hear(bench.engine([api]));
    expect(api.received).toEqual([
      {
        key: 'test-key',
        model: 'whisper-1',
        responseFormat: 'verbose_json',
        timestampGranularities: ['word', 'segment'],
        language: undefined,
        prompt: undefined,
        temperature: 0,
        fileName: 'speech.flac',
        contentType: 'audio/flac',
        bytes: expect.any(Number),
        sha256: bench.sha256,
        durationSeconds: 2,
        fields: expect.arrayContaining(['file', 'model', 'response_format', 'temperature']),
      },
    ]);
    expect(api.received[0]?.fields).toHaveLength(6);
  });

  it('carries language and prompt where they are known', async () => {
    await bench.hear(bench.engine([api]), { language: 'de', prompt: 'Grüße, "Ada"; 日本' });
    expect(api.received).toMatchObject([{ language: 'de', prompt: 'Grüße, "Ada"; 日本' }]);
  });

  it("continues the owner's words with the text before", async () => {
    await bench.hear(bench.engine([api]), { prompt: 'Ada', previousText: 'We crossed the old bridge and' });
    expect(api.received).toMatchObject([{ prompt: 'Ada We crossed the old bridge and' }]);
  });

  it('names Javanese as the API does', async () => {
    await bench.hear(bench.engine([api]), { language: 'jv' });
    expect(api.received).toMatchObject([{ language: 'jw' }]);
  });

  it.each([
    ['whisper-1', 'verbose_json', ['word', 'segment'], 'Ada'],
    ['Systran/faster-whisper-large-v3', 'verbose_json', ['word', 'segment'], 'Ada'],
    ['gpt-4o-transcribe', 'json', [], 'Ada'],
    ['gpt-4o-mini-transcribe', 'json', [], 'Ada'],
    ['gpt-4o-mini-transcribe-2025-12-15', 'json', [], 'Ada'],
    ['gpt-transcribe', 'json', [], 'Ada'],
    ['gpt-4o-transcribe-diarize', 'diarized_json', [], undefined],
  ])('asks %s for what it offers: %s', async (model, responseFormat, timestampGranularities, prompt) => {
    await bench.hear(bench.engine([api], { model }), { prompt: 'Ada' });
    expect(api.received).toMatchObject([{ model, responseFormat, timestampGranularities, prompt }]);
    expect(api.count).toBe(1);
  });

  it('is made for recordings of any length', async () => {
    await bench.hear(bench.engine([api]), { durationSeconds: 2.345_678_9 });
    expect(api.count).toBe(1);
  });

  it('takes nothing from the environment', async () => {
    const names = [
      'OPENAI_ORG_ID',
      'OPENAI_PROJECT_ID',
      'OPENAI_ADMIN_KEY',
      'OPENAI_BASE_URL',
      'OPENAI_API_KEY',
    ];
    for (const name of names) process.env[name] = 'http://127.0.0.1:1/wrong';
    try {
      await bench.hear(bench.engine([api]));
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
    expect(api.received).toMatchObject([{ key: 'test-key' }]);
  });

  it('is made to a server of our own without a key, and not to one that needs a key', async () => {
    const own = bench.engine([], { endpoints: [{ baseUrl: api.url, apiKey: undefined }] });
    expect(await bench.failure(own)).toMatchObject({
      ...{ code: 'PROVIDER_AUTH', transient: false },
      cause: { message: expect.stringContaining("didn't provide an API key") },
    });
    expect(api.count).toBe(1);
    const baseUrl = 'https://api.openai.com/v1';
    const openai = bench.engine([], { endpoints: [{ baseUrl, apiKey: undefined }] });
    const failure = await bench.failure(openai);
    expect(failure).toMatchObject({ code: 'PROVIDER_AUTH', transient: false });
    expect(failure.cause).toBeUndefined();
  });
});

describe('a server that does not offer a form of answer', () => {
  const refused = (param: string, message: string): Behaviour => ({
    kind: 'refuse',
    status: 400,
    param,
    message,
  });

  it('is asked for plain json, and from then on for that', async () => {
    const engine = bench.engine([api]);
    const message =
      "response_format 'verbose_json' is not compatible with model 'x'. Use 'json' or 'text' instead.";
    api.next.push(refused('response_format', message), refused('response_format', message));
    expect((await bench.hear(engine)).segments).toEqual([{ start: 0, end: 2, text: 'Hello world.' }]);
    await bench.hear(engine);
    expect(api.received.map(({ responseFormat }) => responseFormat)).toEqual([
      ...['verbose_json', 'verbose_json'],
      ...['json', 'json'],
    ]);
  });

  it('is asked without the times of words when only these are too much', async () => {
    const engine = bench.engine([api]);
    api.next.push(refused('timestamp_granularities', 'timestamp_granularities[] is not supported'));
    await bench.hear(engine);
    await bench.hear(engine);
    expect(api.received.map(({ timestampGranularities }) => timestampGranularities)).toEqual([
      ['word', 'segment'],
      [],
      [],
    ]);
    expect(api.received.every(({ responseFormat }) => responseFormat === 'verbose_json')).toBe(true);
  });

  it('is understood when it refuses as FastAPI does', async () => {
    api.next.push({ kind: 'refuse', status: 422 }, { kind: 'refuse', status: 422 });
    await bench.hear(bench.engine([api]));
    expect(api.received.map(({ responseFormat }) => responseFormat)).toEqual([
      'verbose_json',
      'verbose_json',
      'json',
    ]);
  });

  it('is not taken for one that refuses the request itself', async () => {
    api.behaviour = { kind: 'refuse', status: 400, param: 'language', message: 'Invalid language' };
    expect(await bench.failure(bench.engine([api]))).toMatchObject({ code: 'PROVIDER_REJECTED' });
    expect(api.count).toBe(1);
  });
});

describe('an answer', () => {
  it('with segments and words gives their times and the language that was detected', async () => {
    const segments = [
      { start: 0, end: 0.8, text: 'Guten Tag.' },
      { start: 0.9, end: 1.6, text: 'Auf Wiedersehen.' },
    ];
    const words = [
      { start: 0, end: 0.3, word: 'Guten' },
      { start: 0.4, end: 0.8, word: 'Tag' },
    ];
    hear({ text: 'Guten Tag. Auf Wiedersehen.', language: 'german', segments, words });
    expect(await bench.hear(bench.engine([api]))).toEqual({
      language: 'de',
      // e^-0.3, which is what the server says of every segment
      segments: segments.map((segment) => ({ ...segment, confidence: 0.7408 })),
      words: [
        { start: 0, end: 0.3, text: 'Guten' },
        { start: 0.4, end: 0.8, text: 'Tag' },
      ],
    });
  });

  it('without segments is one segment as long as the recording', async () => {
    hear({ text: ' Hello there. ' });
    expect(await bench.hear(bench.engine([api], { model: 'gpt-4o-transcribe' }))).toEqual({
      language: null,
      segments: [{ start: 0, end: 2, text: 'Hello there.' }],
    });
  });

  it('with speakers gives the times of what they said', async () => {
    const segments = [
      { start: 0, end: 0.8, text: 'Hello.' },
      { start: 0.9, end: 1.6, text: 'Good evening.' },
    ];
    hear({ text: 'Hello. Good evening.', segments });
    const heard = await bench.hear(bench.engine([api], { model: 'gpt-4o-transcribe-diarize' }));
    expect(heard).toEqual({ language: null, segments });
  });

  it.each(['whisper-1', 'gpt-4o-transcribe'])(
    'of %s that heard nothing is an empty transcript',
    async (model) => {
      hear({ text: '', segments: [] });
      expect((await bench.hear(bench.engine([api], { model }))).segments).toEqual([]);
    },
  );

  it('does not overrule the language that the owner stated', async () => {
    hear({ text: 'x', language: 'english' });
    expect((await bench.hear(bench.engine([api]), { language: 'de' })).language).toBe('de');
  });

  it('of some megabytes is read', async () => {
    api.behaviour = { kind: 'flood', bytes: 3 * 2 ** 20 };
    const { segments } = await bench.hear(bench.engine([api]));
    expect(segments[0]?.text).toHaveLength(3 * 2 ** 20);
  });

  it('that says it is a text is read all the same', async () => {
    api.behaviour = { kind: 'say', body: '{"text":"Hello."}', contentType: 'text/plain' };
    expect((await bench.hear(bench.engine([api]))).segments).toMatchObject([{ text: 'Hello.' }]);
  });
});

describe('an answer in a loop', () => {
  const sound = { kind: 'hear', speech: { text: 'We crossed the river.' } } as const;

  it('is asked for once more, warmer and without a prompt', async () => {
    api.next.push(faults.loop);
    api.behaviour = sound;
    const heard = await bench.hear(bench.engine([api]), { prompt: 'Ada', language: 'en' });
    expect(heard.segments).toMatchObject([{ text: 'We crossed the river.' }]);
    expect(heard.segments[0]).not.toHaveProperty('flags');
    expect(api.received).toMatchObject([
      { temperature: 0, prompt: 'Ada', language: 'en' },
      { temperature: 0.4, prompt: undefined, language: 'en' },
    ]);
  });

  it('is flagged when it loops again, and not asked for a third time', async () => {
    api.behaviour = faults.loop;
    const { segments } = await bench.hear(bench.engine([api]));
    expect(segments.length).toBeGreaterThan(4);
    for (const { flags } of segments) expect(flags).toEqual(['repetition']);
    expect(api.count).toBe(2);
  });

  it('flags only what is in the loop', async () => {
    const loop = Array.from({ length: 8 }, () => 'Thank you for watching.');
    const texts = ['We crossed the river.', ...loop, 'Then it was dark.'];
    const segments = texts.map((text, index) => ({ start: index * 0.2, end: (index + 1) * 0.2, text }));
    hear({ text: texts.join(' '), segments });
    const heard = await bench.hear(bench.engine([api]));
    expect(heard.segments.map(({ flags }) => flags?.includes('repetition') ?? false)).toEqual([
      false,
      ...loop.map(() => true),
      false,
    ]);
  });

  it('is kept when the second try fails', async () => {
    api.next.push(faults.loop);
    api.behaviour = faults.serverError;
    const { segments } = await bench.hear(bench.engine([api]));
    expect(segments[0]).toMatchObject({ text: 'Thank you for watching.', flags: ['repetition'] });
    expect(api.count).toBe(2);
  });

  it('is kept when the second try lost what was sound in the first', async () => {
    const text = `We crossed the river and went on to the market before noon. ${'Bye bye. '.repeat(40)}`;
    api.next.push({ kind: 'hear', speech: { text } });
    hear({ text: 'Bye.' });
    const { segments } = await bench.hear(bench.engine([api]));
    expect(segments).toMatchObject([{ text: text.trim(), flags: ['repetition'] }]);
  });

  it('ends at once when it is aborted meanwhile', async () => {
    api.next.push(faults.loop);
    api.behaviour = faults.hang;
    const abort = new AbortController();
    const outcome = expect(bench.hear(bench.engine([api]), {}, abort.signal)).rejects.toBe('lost');
    await api.nextRequest();
    await api.nextRequest();
    abort.abort('lost');
    await outcome;
  });
});

describe('a failure', () => {
  const say = (body: string): Behaviour => ({ kind: 'say', body, contentType: 'application/json' });
  const refuse = (status: number, code?: string): Behaviour => ({
    ...{ kind: 'refuse', status },
    ...(code === undefined ? {} : { code }),
  });

  it.each<[string, Behaviour, FailureCode, boolean]>([
    ['401', refuse(401), 'PROVIDER_AUTH', false],
    ['403', refuse(403), 'PROVIDER_AUTH', false],
    ['400', refuse(400), 'PROVIDER_REJECTED', false],
    ['404', refuse(404), 'PROVIDER_REJECTED', false],
    ['413', refuse(413), 'PROVIDER_TOO_LARGE', false],
    ['429', faults.rateLimited, 'PROVIDER_RATE_LIMITED', true],
    ['429 for the quota', faults.quota, 'PROVIDER_QUOTA', true],
    ['429 for the bill', refuse(429, 'billing_not_active'), 'PROVIDER_QUOTA', true],
    ['402', refuse(402), 'PROVIDER_QUOTA', true],
    ['408', refuse(408), 'PROVIDER_UNAVAILABLE', true],
    ['500', faults.serverError, 'PROVIDER_UNAVAILABLE', true],
    ['503', refuse(503), 'PROVIDER_UNAVAILABLE', true],
    ['a redirect', refuse(307), 'PROVIDER_REJECTED', false],
    ['a page with 200', faults.html, 'PROVIDER_BAD_ANSWER', true],
    ['a page that says it is JSON', say(faults.html.body), 'PROVIDER_BAD_ANSWER', true],
    ['half of a JSON', faults.cutJson, 'PROVIDER_BAD_ANSWER', true],
    ['nothing', say(''), 'PROVIDER_BAD_ANSWER', true],
    ['an array', say('[]'), 'PROVIDER_BAD_ANSWER', true],
    ['null', say('null'), 'PROVIDER_BAD_ANSWER', true],
    ['wrong types', faults.wrongTypes, 'PROVIDER_BAD_ANSWER', true],
    ['100 MB', faults.hugeJson, 'PROVIDER_BAD_ANSWER', true],
    [
      'a connection that is cut before the answer',
      { kind: 'cut', afterBytes: 0 },
      'PROVIDER_UNAVAILABLE',
      true,
    ],
    ['a connection that is cut in the answer', { kind: 'cut', afterBytes: 20 }, 'PROVIDER_UNAVAILABLE', true],
  ])('%s, asked for once', async (_name, behaviour, code, transient) => {
    api.behaviour = behaviour;
    const failure = await bench.failure(bench.engine([api]));
    expect(failure).toMatchObject({ code, transient, retryAfterMs: undefined });
    expect(api.count).toBe(1);
  });

  it.each<[string, Behaviour]>([
    ['no answer', { kind: 'hang' }],
    ['an answer that stops in the middle', { kind: 'stall' }],
  ])('%s ends after the timeout', async (_name, behaviour) => {
    api.behaviour = behaviour;
    const engine = bench.engine([api], { baseTimeoutMs: 200 });
    const failure = await bench.failure(engine, { durationSeconds: 0 });
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', transient: true });
    expect(api.count).toBe(1);
  });

  it('a server that is not there', async () => {
    const gone = await bench.server();
    await gone.close();
    const failure = await bench.failure(bench.engine([gone]));
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', transient: true });
    expect(gone.count).toBe(0);
  });

  it('the wrong key', async () => {
    const engine = bench.engine([{ key: 'wrong', url: api.url }]);
    expect(await bench.failure(engine)).toMatchObject({ code: 'PROVIDER_AUTH' });
    expect(api.count).toBe(1);
  });

  it.each([
    ['rate_limit_exceeded', '7', 7000],
    ['rate_limit_exceeded', '0', 0],
    ['insufficient_quota', '3600', 3_600_000],
    ['rate_limit_exceeded', 'soon', undefined],
  ])('%s with Retry-After: %s', async (code, retryAfter, expected) => {
    api.behaviour = { kind: 'refuse', status: 429, code, headers: { 'retry-after': retryAfter } };
    const failure = await bench.failure(bench.engine([api]));
    expect(failure).toMatchObject({ transient: true, retryAfterMs: expected });
    expect(api.count).toBe(1);
  });

  it('with a date to wait for', async () => {
    api.behaviour = { kind: 'rate-limit', retryAfterSeconds: 7200, retryAfterForm: 'date' };
    const { retryAfterMs = 0 } = await bench.failure(bench.engine([api]));
    // The date has no fractions of a second, and some time has passed since.
    expect(retryAfterMs).toBeGreaterThan(7_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(7_200_000);
  });

  it.each([401, 500])('%i does not carry the key into the log', async (status) => {
    api.behaviour = { kind: 'refuse', status };
    const failure = await bench.failure(bench.engine([api]));
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('test-key');
  });

  it('a recording that is not there is no fault of the service', async () => {
    const hearing = bench.hear(bench.engine([api]), { path: '/nowhere/speech.flac' });
    await expect(hearing).rejects.not.toBeInstanceOf(JobFailure);
    expect(api.count).toBe(0);
  });
});

describe('an abort', () => {
  it.each<Behaviour>([faults.hang, { kind: 'stall' }])(
    'ends the request and rejects with its reason: %p',
    async (behaviour) => {
      api.behaviour = behaviour;
      const abort = new AbortController();
      const received = api.nextRequest();
      const outcome = expect(bench.hear(bench.engine([api]), {}, abort.signal)).rejects.toBe('lost');
      await received;
      abort.abort('lost');
      await outcome;
      expect(api.count).toBe(1);
    },
  );

  it('that came before asks nobody', async () => {
    await expect(bench.hear(bench.engine([api]), {}, AbortSignal.abort('lost'))).rejects.toBe('lost');
    expect(api.count).toBe(0);
  });
});
