import { describe, expect, it } from '@jest/globals';
import {
  createMetrics,
  exposeQueues,
  Health,
  listenForManagement,
  Scraped,
  silentLog,
} from '../src/index.ts';

const counts = { video: { ready: 3, delayed: 2, dead: 1 }, mp3: { ready: 0, delayed: 0, dead: 0 } };
const never = (): Promise<never> => new Promise(() => undefined);

async function scrape(read: () => Promise<typeof counts>): Promise<{ status: number; text: string }> {
  const metrics = createMetrics('test');
  exposeQueues(metrics, read, { limitMs: 20 });
  const deps = { log: silentLog, metrics, health: new Health({}) };
  const { listening, close } = await listenForManagement(deps, { host: '127.0.0.1', port: 0 });
  try {
    const answer = await fetch(`${listening.url}/metrics`);
    return { status: answer.status, text: await answer.text() };
  } finally {
    await close();
  }
}

describe('a scrape', () => {
  it('counts the queues', async () => {
    const { text } = await scrape(() => Promise.resolve(counts));
    for (const line of [
      'clipscribe_queue_messages{queue="video",service="test"} 3',
      'clipscribe_queue_messages{queue="mp3",service="test"} 0',
      'clipscribe_queue_delayed_messages{queue="video",service="test"} 2',
      'clipscribe_dead_letters{queue="video",service="test"} 1',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it.each([
    ['cannot be asked', () => Promise.reject(new Error('away'))],
    ['do not answer', never],
  ])('answers without the numbers while the queues %s', async (_what, read) => {
    const { status, text } = await scrape(read);
    expect(status).toBe(200);
    expect(text).not.toMatch(/^clipscribe_(queue|dead)/m);
    expect(text).toMatch(/^process_cpu_seconds_total/m);
  });
});

describe('what is asked at a scrape', () => {
  it('is asked once by all who ask together or soon after', async () => {
    let asked = 0;
    const scraped = new Scraped(() => Promise.resolve((asked += 1)));
    expect(await Promise.all([scraped.value(), scraped.value()])).toEqual([1, 1]);
    expect(await scraped.value()).toBe(1);
  });

  it('is asked again when the answer has become old', async () => {
    let asked = 0;
    const scraped = new Scraped(() => Promise.resolve((asked += 1)), { keepMs: 0 });
    expect([await scraped.value(), await scraped.value()]).toEqual([1, 2]);
  });

  it('is not asked a second time while a first question hangs, and is known when that is answered', async () => {
    let asked = 0;
    const late = Promise.withResolvers<string>();
    const read = (): Promise<string> => {
      asked += 1;
      return late.promise;
    };
    const scraped = new Scraped(read, { limitMs: 1 });
    expect([await scraped.value(), await scraped.value()]).toEqual([undefined, undefined]);
    late.resolve('at last');
    await late.promise;
    expect(await scraped.value()).toBe('at last');
    expect(asked).toBe(1);
  });
});
