import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { newId, type JobState, type QueueName } from '@clipscribe/contracts';
import { describeWorlds } from '../../support/matrix/describe-worlds.ts';
import { soon } from '../../support/soon.ts';

/** The way of a job; it goes on in this order only. */
const way: readonly JobState[] = ['queued', 'converting', 'transcribing', 'succeeded'];

const poisons = [
  { kind: 'not JSON', body: 'not JSON' },
  { kind: 'unknown version', body: JSON.stringify({ v: 99, jobId: newId(), chunk: 0 }) },
  { kind: 'unknown job', body: JSON.stringify({ v: 1, jobId: newId(), chunk: 0 }) },
];

describeWorlds('messages that nobody ordered', (world) => {
  function publish(queue: QueueName, ...bodies: (string | object)[]): Promise<unknown> {
    const texts = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));
    return Promise.all(texts.map((body) => world().stores.queue.publish(queue, body)));
  }

  /** The states that a job is seen in until it has ended. */
  async function statesOf(id: string): Promise<JobState[]> {
    const seen: JobState[] = [];
    for (;;) {
      const { state } = await world().stored(id);
      if (seen.at(-1) !== state) seen.push(state);
      if (state === 'succeeded') return seen;
      await delay(5);
    }
  }

  it('10 concurrent duplicates: one MP3, one mail', async () => {
    const { id } = await world().upload();
    const tenTimes = (body: object): object[] => Array.from({ length: 10 }, () => body);
    const video = tenTimes({ v: 1, jobId: id });
    const mail = tenTimes({ v: 1, jobId: id, audioFileId: null, transcriptFileId: null, outcome: 'ready' });
    await Promise.all([
      publish('video', ...video),
      publish('transcribe', ...tenTimes({ v: 1, jobId: id, chunk: 0 })),
      publish('mp3', ...mail),
    ]);
    await world().client.ended(id);
    await Promise.all([publish('video', ...video), publish('mp3', ...mail)]);
    for (const queue of ['video', 'transcribe', 'mp3'] as const)
      await soon(async () => (await world().stores.queue.depth(queue)) === 0);
    await world().kept();
  });

  it('messages out of order: state never goes back', async () => {
    const { id } = await world().upload();
    const states = statesOf(id);
    const disorder = async (): Promise<void> => {
      await publish('mp3', { v: 1, jobId: id, audioFileId: null, transcriptFileId: null, outcome: 'failed' });
      await publish('transcribe', { v: 1, jobId: id, chunk: 7 }, { v: 1, jobId: id, chunk: 0 });
      await publish('video', { v: 1, jobId: id });
    };
    await disorder();
    await world().storedUntil(id, ({ state }) => state !== 'queued');
    await disorder();
    await world().client.ended(id);
    await disorder();
    const seen = await states;
    expect(seen).toEqual(way.filter((state) => seen.includes(state)));
    await world().kept();
    expect((await world().stored(id)).state).toBe('succeeded');
  });

  it.each(poisons)('poison ($kind): dead letter at once, consumer lives', async ({ body }) => {
    const { queue } = world().stores;
    for (const name of ['video', 'transcribe', 'mp3'] as const) {
      await publish(name, body);
      await soon(async () => (await queue.deadLetters(name, 10)).length === 1);
      const [letter] = await queue.deadLetters(name, 10);
      expect(letter).toMatchObject({ queue: name, body });
      expect(letter?.reason).not.toBe('');
      await queue.discardDeadLetter(letter?.id ?? '');
    }
    await world().upload();
    await world().kept();
  });
});
