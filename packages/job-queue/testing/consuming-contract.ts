import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { JobQueue, Outcome } from '../src/job-queue.ts';
import { eventually } from './eventually.ts';
import { Inbox } from './inbox.ts';

const done: Outcome = { kind: 'done' };

export function itConsumes(queue: () => JobQueue): void {
  it('fills its slots, and never has more handlers than slots', async () => {
    const [inbox, full] = [new Inbox(), Promise.withResolvers<undefined>()];
    let [running, most] = [0, 0];
    const handler = inbox.handler(async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 3) full.resolve(undefined);
      await full.promise;
      await nextTurn();
      running -= 1;
      return done;
    });
    for (let index = 0; index < 20; index += 1) await queue().publish('transcribe', String(index));
    await queue().consume('transcribe', { slots: 3 }, handler);
    await inbox.has(20);
    expect(most).toBe(3);
  });

  it('goes on after handlers that throw, and loses none of their messages', async () => {
    const inbox = new Inbox();
    const handler = inbox.handler(({ body }) => {
      if (body === 'fine') return done;
      throw new Error(`cannot handle ${body}`);
    });
    await queue().consume('video', { slots: 1 }, handler);
    await queue().publish('video', 'bad');
    await inbox.has(1);
    await queue().publish('video', 'fine');
    await inbox.has(2);
    await eventually(async () => (await queue().depth('video')) === 1);
    expect(inbox.bodies).toEqual(['bad', 'fine']);
    expect(await queue().deadLetters('video', 10)).toEqual([]);
  });

  it('waits at its stop for handlers under way, and takes no more', async () => {
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    const order: string[] = [];
    const handler = inbox.handler(async () => {
      const outcome = await gate.promise;
      order.push('handler ended');
      return outcome;
    });
    const consumer = await queue().consume('video', { slots: 1 }, handler);
    await queue().publish('video', 'first');
    await inbox.has(1);
    const stopped = consumer.stop().then(() => order.push('stopped'));
    await queue().publish('video', 'second');
    gate.resolve(done);
    await stopped;
    expect(order).toEqual(['handler ended', 'stopped']);
    expect(inbox.bodies).toEqual(['first']);
    await eventually(async () => (await queue().depth('video')) === 1);
  });

  it('can be stopped twice, and leaves the queue to the next consumer', async () => {
    const [first, second] = [new Inbox(), new Inbox()];
    const consumer = await queue().consume('mp3', { slots: 4 }, first.handler());
    await consumer.stop();
    await consumer.stop();
    await queue().publish('mp3', 'for the second');
    await queue().consume('mp3', { slots: 4 }, second.handler());
    await second.has(1);
    expect([first.bodies, second.bodies]).toEqual([[], ['for the second']]);
  });

  it('counts as depth what waits, not what is being handled', async () => {
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    for (const body of ['one', 'two', 'three']) await queue().publish('video', body);
    await queue().publish('video', 'delayed', { delayMs: 3_600_000 });
    expect(await queue().depth('video')).toBe(4);
    const consumer = await queue().consume(
      'video',
      { slots: 1 },
      inbox.handler(() => gate.promise),
    );
    await inbox.has(1);
    await eventually(async () => (await queue().depth('video')) === 3);
    const stopped = consumer.stop();
    gate.resolve(done);
    await stopped;
    expect(await queue().depth('video')).toBe(3);
  });
}
