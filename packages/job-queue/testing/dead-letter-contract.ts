import { expect, it } from '@jest/globals';
import { newId, type QueueName } from '@clipscribe/contracts';
import type { DeadLetter, JobQueue } from '../src/job-queue.ts';
import { eventually } from './eventually.ts';
import { Inbox } from './inbox.ts';

export function itKeepsDeadLetters(queue: () => JobQueue): void {
  /** Publishes a message that its consumer cannot handle; resolves when it is a dead letter. */
  async function deadLetter(name: QueueName, body: string): Promise<DeadLetter | undefined> {
    const before = await queue().deadLetters(name, 100);
    const handler = new Inbox().handler(() => ({ kind: 'dead-letter', reason: `not JSON: ${body}` }));
    const consumer = await queue().consume(name, { slots: 1 }, handler);
    await queue().publish(name, body);
    await eventually(async () => (await queue().deadLetters(name, 100)).length > before.length);
    await consumer.stop();
    return (await queue().deadLetters(name, 100)).find((letter) => letter.body === body);
  }

  it('keeps what nobody can handle, with the reason', async () => {
    const letter = await deadLetter('video', 'poison');
    expect(letter).toMatchObject({ queue: 'video', body: 'poison', reason: 'not JSON: poison' });
    expect(Math.abs((letter?.deadAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await queue().depth('video')).toBe(0);
    expect(await queue().deadLetters('mp3', 10)).toEqual([]);
  });

  it('lists no more than it is asked for, the oldest first, however often', async () => {
    for (const body of ['a', 'b', 'c']) await deadLetter('mp3', body);
    const bodies = async (limit: number): Promise<string[]> =>
      (await queue().deadLetters('mp3', limit)).map(({ body }) => body);
    for (let looks = 0; looks < 5; looks += 1) expect(await bodies(2)).toEqual(['a', 'b']);
    expect(await bodies(10)).toEqual(['a', 'b', 'c']);
  });

  it('puts a dead letter back as a new message, once', async () => {
    const letter = await deadLetter('transcribe', 'mended since');
    const inbox = new Inbox();
    await queue().consume('transcribe', { slots: 1 }, inbox.handler());
    expect(await queue().replayDeadLetter(letter?.id ?? '')).toBe(true);
    await inbox.has(1);
    expect(inbox.deliveries).toEqual([{ queue: 'transcribe', body: 'mended since', deliveryCount: 1 }]);
    expect(await queue().deadLetters('transcribe', 10)).toEqual([]);
    expect(await queue().replayDeadLetter(letter?.id ?? '')).toBe(false);
  });

  it('discards a dead letter, and no other', async () => {
    const [one, two] = [await deadLetter('video', 'one'), await deadLetter('video', 'two')];
    expect(await queue().discardDeadLetter(one?.id ?? '')).toBe(true);
    expect(await queue().discardDeadLetter(one?.id ?? '')).toBe(false);
    expect(await queue().deadLetters('video', 10)).toEqual([two]);
    expect(await queue().depth('video')).toBe(0);
  });

  it.each([newId(), '', "' OR 1 = 1 --"])('has no dead letter %j', async (id) => {
    const letter = await deadLetter('video', 'kept');
    expect(await queue().replayDeadLetter(id)).toBe(false);
    expect(await queue().discardDeadLetter(id)).toBe(false);
    expect(await queue().deadLetters('video', 10)).toEqual([letter]);
  });
}
