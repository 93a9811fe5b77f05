import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '@clipscribe/runtime';
import type { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import { faults, type Behaviour, type SpeechApi } from '../testing/index.ts';
import { keepingLog, OpenaiBench } from './openai-bench.ts';

let bench: OpenaiBench;
let first: SpeechApi;
let second: SpeechApi;
let lines: Record<string, unknown>[];
let engine: OpenaiTranscriber;

beforeAll(async () => {
  bench = await OpenaiBench.open();
});
afterAll(async () => {
  await bench.close();
});
beforeEach(async () => {
  [first, second] = [await bench.server('key-one'), await bench.server('key-two')];
  lines = [];
  engine = bench.engine([first, second], { log: createLog('test', { destination: keepingLog(lines) }) });
});
afterEach(async () => {
  await bench.closeServers();
});

/** How often each server was asked since the last time. */
function asked(): [number, number] {
  const counts: [number, number] = [first.count, second.count];
  first.count = 0;
  second.count = 0;
  return counts;
}

describe('several servers', () => {
  it('are asked in their order, and the second not at all while the first answers', async () => {
    await bench.hear(engine);
    await bench.hear(engine);
    expect(asked()).toEqual([2, 0]);
  });

  it.each<[string, Behaviour]>([
    ['refuses the key', faults.wrongKey],
    ['has no quota left', faults.quota],
    ['asks to slow down', faults.rateLimited],
    ['fails', faults.serverError],
    ['answers with a page', faults.html],
    ['answers with half of a JSON', faults.cutJson],
    ['closes the connection', { kind: 'cut', afterBytes: 0 }],
  ])(
    'help each other: when the first %s, the second is asked, and then always first',
    async (_name, fault) => {
      first.behaviour = fault;
      expect((await bench.hear(engine)).segments).toMatchObject([{ text: 'Hello world.' }]);
      expect(asked()).toEqual([1, 1]);
      await bench.hear(engine);
      expect(asked()).toEqual([0, 1]);
    },
  );

  it('help each other when the first hangs or is not there', async () => {
    first.behaviour = faults.hang;
    const hasty = bench.engine([first, second], { baseTimeoutMs: 3000 });
    await bench.hear(hasty, { durationSeconds: 0 });
    expect(asked()).toEqual([1, 1]);
    await first.close();
    await bench.hear(bench.engine([first, second]));
    expect(asked()).toEqual([0, 1]);
    first = await bench.server();
  });

  it('are not asked the same wrong thing twice', async () => {
    first.behaviour = { kind: 'refuse', status: 400 };
    expect(await bench.failure(engine)).toMatchObject({ code: 'PROVIDER_REJECTED' });
    expect(asked()).toEqual([1, 0]);
  });

  it('are both asked again when the second fails as well, the first one last', async () => {
    first.behaviour = faults.serverError;
    await bench.hear(engine);
    asked();
    second.next.push(faults.serverError);
    first.behaviour = { kind: 'hear', speech: { text: 'Back again.' } };
    expect((await bench.hear(engine)).segments).toMatchObject([{ text: 'Back again.' }]);
    expect(asked()).toEqual([1, 1]);
  });

  it.each<[Behaviour, Behaviour, string, number | undefined]>([
    [faults.wrongKey, faults.quota, 'PROVIDER_QUOTA', undefined],
    [faults.quota, faults.serverError, 'PROVIDER_UNAVAILABLE', undefined],
    [faults.serverError, faults.rateLimited, 'PROVIDER_RATE_LIMITED', undefined],
    [faults.html, faults.wrongKey, 'PROVIDER_BAD_ANSWER', undefined],
    [
      { kind: 'rate-limit', retryAfterSeconds: 90 },
      { kind: 'rate-limit', retryAfterSeconds: 40 },
      'PROVIDER_RATE_LIMITED',
      40_000,
    ],
  ])('that all fail: the failure that may end first counts', async (one, other, code, retryAfterMs) => {
    first.behaviour = one;
    second.behaviour = other;
    expect(await bench.failure(engine)).toMatchObject({ code, retryAfterMs });
    expect(asked()).toEqual([1, 1]);
  });
});

describe('several keys for one server', () => {
  it('are tried in their order', async () => {
    first.keys.set('spent', faults.quota);
    const keys = bench.engine([
      { key: 'unknown', url: first.url },
      { key: 'spent', url: first.url },
      { key: 'key-one', url: first.url },
    ]);
    await bench.hear(keys);
    expect(first.count).toBe(3);
    expect(first.received.map(({ key }) => key)).toEqual(['spent', 'key-one']);
    await bench.hear(keys);
    expect(first.count).toBe(4);
  });
});

describe('the operator', () => {
  const told = () => lines.map(({ level, code, server, place }) => ({ level, code, server, place }));

  it.each([
    [faults.wrongKey, 'PROVIDER_AUTH'],
    [faults.quota, 'PROVIDER_QUOTA'],
  ])('is told once of what only he can mend, for each server and key: %p', async (fault, code) => {
    first.behaviour = fault;
    second.behaviour = fault;
    for (let chunk = 0; chunk < 3; chunk += 1)
      expect(await bench.failure(engine)).toMatchObject({ code, reported: true });
    expect(told()).toEqual([
      { level: 'error', code, server: first.url, place: 1 },
      { level: 'error', code, server: second.url, place: 2 },
    ]);
  });

  it('is told by eight chunks at once as by one', async () => {
    first.behaviour = faults.wrongKey;
    const one = bench.engine([first], { log: createLog('test', { destination: keepingLog(lines) }) });
    await Promise.all(Array.from({ length: 8 }, () => bench.failure(one)));
    expect(told()).toHaveLength(1);
  });

  it('is told again when it had worked in between', async () => {
    const one = bench.engine([first], { log: createLog('test', { destination: keepingLog(lines) }) });
    first.next.push(faults.quota);
    await bench.failure(one);
    await bench.hear(one);
    first.next.push(faults.quota);
    await bench.failure(one);
    expect(told()).toHaveLength(2);
  });

  it('is not told here of what passes by itself', async () => {
    first.behaviour = faults.serverError;
    second.behaviour = faults.rateLimited;
    expect(await bench.failure(engine)).toMatchObject({ reported: false });
    expect(lines).toEqual([]);
  });

  it('sees no key and no password in the log', async () => {
    const url = first.url.replace('//', '//user:secret@');
    const log = createLog('test', { destination: keepingLog(lines) });
    await bench.failure(bench.engine([{ key: 'wrong-key', url }], { log }));
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/secret|wrong-key/);
  });
});
