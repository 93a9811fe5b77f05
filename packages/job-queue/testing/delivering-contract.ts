import { expect, it } from '@jest/globals';
import { UnavailableError } from '@clipscribe/runtime';
import type { JobQueue } from '../src/job-queue.ts';
import { eventually } from './eventually.ts';
import { Inbox } from './inbox.ts';

export function itDelivers(queue: () => JobQueue): void {
  const emptied = (): Promise<void> => eventually(async () => (await queue().depth('video')) === 0);

  it('hands a message to a waiting consumer', async () => {
    const inbox = new Inbox();
    const consumer = await queue().consume('video', { slots: 1 }, inbox.handler());
    await queue().publish('video', '{"title":"Ünïcode 🎬"}');
    await inbox.has(1);
    expect(inbox.deliveries).toEqual([{ queue: 'video', body: '{"title":"Ünïcode 🎬"}', deliveryCount: 1 }]);
    await consumer.stop();
    expect(await queue().depth('video')).toBe(0);
  });

  it('keeps what was published before there was a consumer', async () => {
    await queue().publish('video', 'one');
    await queue().publish('video', 'two');
    expect(await queue().depth('video')).toBe(2);
    const inbox = new Inbox();
    await queue().consume('video', { slots: 1 }, inbox.handler());
    await inbox.has(2);
    expect(inbox.bodies.sort()).toEqual(['one', 'two']);
  });

  it('keeps queues apart', async () => {
    const [video, mp3] = [new Inbox(), new Inbox()];
    await queue().consume('video', { slots: 2 }, video.handler());
    await queue().consume('mp3', { slots: 2 }, mp3.handler());
    await queue().publish('transcribe', 'nobody listens');
    await queue().publish('mp3', 'for mp3');
    await queue().publish('video', 'for video');
    await Promise.all([video.has(1), mp3.has(1)]);
    expect([video.bodies, mp3.bodies]).toEqual([['for video'], ['for mp3']]);
    expect(await queue().depth('transcribe')).toBe(1);
  });

  it('delivers many messages, each of them once', async () => {
    const bodies = Array.from({ length: 500 }, (_, index) => `message ${String(index)}`);
    const inbox = new Inbox();
    const consumer = await queue().consume('transcribe', { slots: 8 }, inbox.handler());
    await Promise.all(bodies.map((body) => queue().publish('transcribe', body)));
    await inbox.has(500);
    await consumer.stop();
    expect(inbox.bodies.sort()).toEqual(bodies.sort());
    expect(await queue().depth('transcribe')).toBe(0);
  });

  it('carries bodies of any length', async () => {
    const bodies = ['', 'é'.repeat(200_000)];
    const inbox = new Inbox();
    await queue().consume('mp3', { slots: 1 }, inbox.handler());
    for (const body of bodies) await queue().publish('mp3', body);
    await inbox.has(2);
    expect(inbox.bodies).toEqual(bodies);
  });

  it('shares the messages out to several consumers', async () => {
    const inbox = new Inbox();
    await queue().consume('video', { slots: 2 }, inbox.handler());
    await queue().consume('video', { slots: 2 }, inbox.handler());
    for (let index = 0; index < 50; index += 1) await queue().publish('video', String(index));
    await inbox.has(50);
    await emptied();
    expect(new Set(inbox.bodies).size).toBe(50);
    expect(inbox.deliveries).toHaveLength(50);
  });

  it('delivers a delayed message not before its time, and lets others pass', async () => {
    const arrivedAt = new Map<string, number>();
    const inbox = new Inbox();
    const note = inbox.handler(({ body }) => {
      arrivedAt.set(body, Date.now());
      return { kind: 'done' };
    });
    await queue().consume('mp3', { slots: 1 }, note);
    const publishedAt = Date.now();
    await queue().publish('mp3', 'later', { delayMs: 500 });
    expect(await queue().depth('mp3')).toBe(1);
    await queue().publish('mp3', 'now');
    await inbox.has(2);
    expect(inbox.bodies).toEqual(['now', 'later']);
    expect(arrivedAt.get('later')).toBeGreaterThanOrEqual(publishedAt + 500);
  });

  it('brings a message again on retry, and counts its deliveries', async () => {
    const inbox = new Inbox();
    const handler = inbox.handler(({ deliveryCount }) =>
      deliveryCount < 3 ? { kind: 'retry', delayMs: 10 } : { kind: 'done' },
    );
    await queue().consume('video', { slots: 1 }, handler);
    await queue().publish('video', 'again');
    await inbox.has(3);
    expect(inbox.deliveries.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
      ['again', 1],
      ['again', 2],
      ['again', 3],
    ]);
    await emptied();
  });

  it('brings a message again at once when that is asked for', async () => {
    const inbox = new Inbox();
    const handler = inbox.handler(({ deliveryCount }) =>
      deliveryCount === 1 ? { kind: 'retry', delayMs: 0 } : { kind: 'done' },
    );
    await queue().consume('transcribe', { slots: 1 }, handler);
    await queue().publish('transcribe', 'at once');
    await inbox.has(2);
    await eventually(async () => (await queue().depth('transcribe')) === 0);
    expect(inbox.deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2]);
  });

  it('answers a ping, until it is closed', async () => {
    await expect(queue().ping()).resolves.toBeUndefined();
    await queue().close();
    await expect(queue().ping()).rejects.toBeInstanceOf(UnavailableError);
    await expect(queue().publish('video', 'lost?')).rejects.toBeInstanceOf(UnavailableError);
  });
}
