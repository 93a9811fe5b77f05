import { expect, it } from '@jest/globals';
import type { JobQueue, Outcome, QueueCounts } from '../src/job-queue.ts';
import { eventually } from './eventually.ts';
import { Inbox } from './inbox.ts';

const none: QueueCounts = { ready: 0, delayed: 0, dead: 0 };
const HOUR_MS = 3_600_000;

export function itCounts(queue: () => JobQueue): void {
  const until = (wanted: Partial<QueueCounts>): Promise<void> =>
    eventually(async () => {
      const { video } = await queue().counts();
      return Object.entries(wanted).every(([kind, number]) => video[kind as keyof QueueCounts] === number); // its own keys
    });

  it('counts nothing in empty queues', async () => {
    expect(await queue().counts()).toEqual({ video: none, transcribe: none, mp3: none, webhook: none });
  });

  it('counts each queue by what its messages wait for', async () => {
    const refuse = new Inbox().handler(() => ({ kind: 'dead-letter', reason: 'for the test' }));
    const consumer = await queue().consume('video', { slots: 1 }, refuse);
    await queue().publish('video', 'poison');
    await until({ dead: 1 });
    await consumer.stop();
    for (const body of ['one', 'two']) await queue().publish('video', body);
    await queue().publish('video', 'later', { delayMs: HOUR_MS });
    await queue().publish('webhook', 'another');
    await until({ ready: 2, delayed: 1 });
    expect(await queue().counts()).toEqual({
      video: { ready: 2, delayed: 1, dead: 1 },
      transcribe: none,
      mp3: none,
      webhook: { ...none, ready: 1 },
    });
  });

  it('counts no message that a handler has', async () => {
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    const held = inbox.handler(() => gate.promise);
    const consumer = await queue().consume('video', { slots: 1 }, held);
    for (const body of ['one', 'two', 'three']) await queue().publish('video', body);
    await inbox.has(1);
    await until({ ready: 2 });
    const stopped = consumer.stop();
    gate.resolve({ kind: 'done' });
    await stopped;
    expect((await queue().counts()).video).toEqual({ ...none, ready: 2 });
  });
}
