import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import { QueueSetupError, UnroutableError } from '../src/amqp-errors.ts';
import { DELIVERY_LIMIT, type AmqpJobQueue, type DeadLetter } from '../src/index.ts';
import { describeJobQueue, eventually, Inbox } from '../testing/index.ts';
import { BrokerQueues, isReady, persist } from './broker-queues.ts';
import { LogLines } from './log-lines.ts';

describeWithServer('rabbitmq', 'AmqpJobQueue', (server) => {
  let queues: BrokerQueues;

  describeJobQueue('amqp', {
    open: () => {
      queues = new BrokerQueues(() => server().url);
      return queues.opened();
    },
    dispose: () => queues.dispose(),
  });

  describe('at a broker', () => {
    let connection: ChannelModel;
    /** Somebody else at the same broker. */
    let stranger: Channel;

    beforeEach(async () => {
      queues = new BrokerQueues(() => server().url);
      connection = await connect(server().url);
      stranger = await connection.createChannel();
    });
    afterEach(async () => {
      await connection.close();
      await queues.dispose();
    });

    /** Takes the first message of `video` and dies with it. */
    async function dieWithMessage(): Promise<void> {
      const channel = await connection.createChannel();
      await eventually(async () => (await channel.get(queues.topology.main('video'))) !== false);
      await channel.close();
    }

    async function deadLetters(queue: AmqpJobQueue, count: number): Promise<DeadLetter[]> {
      await eventually(async () => (await queue.deadLetters('video', 100)).length === count);
      return queue.deadLetters('video', 100);
    }

    it('brings a message not before its time whose delay is made of several rests', async () => {
      const queue = await queues.opened();
      const inbox = new Inbox();
      await queue.consume('video', { slots: 1 }, inbox.handler());
      const publishedAt = Date.now();
      await queue.publish('video', 'later', { delayMs: 1205 });
      await inbox.has(1);
      expect(Date.now() - publishedAt).toBeGreaterThanOrEqual(1205);
      expect(inbox.deliveries).toEqual([{ queue: 'video', body: 'later', deliveryCount: 1 }]);
    });

    it('dead-letters what was delivered too often, retries and dead consumers together', async () => {
      const queue = await queues.opened();
      await queue.publish('video', 'never works');
      for (let deaths = 0; deaths < 3; deaths += 1) await dieWithMessage();
      const inbox = new Inbox();
      await queue.consume(
        'video',
        { slots: 1 },
        inbox.handler(() => ({ kind: 'retry', delayMs: 0 })),
      );
      expect(await deadLetters(queue, 1)).toMatchObject([{ body: 'never works', reason: 'delivery limit' }]);
      expect(inbox.deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual(
        Array.from({ length: DELIVERY_LIMIT - 3 }, (_, index) => index + 4),
      );
      expect(await queue.depth('video')).toBe(0);
    });

    it('finds with its reason what the broker itself made a dead letter', async () => {
      const queue = await queues.opened();
      await queue.publish('video', 'kills');
      for (let deaths = 0; deaths < DELIVERY_LIMIT; deaths += 1) await dieWithMessage();
      const [letter] = await deadLetters(queue, 1);
      expect(letter).toMatchObject({ body: 'kills', reason: 'delivery limit' });
      expect(Math.abs((letter?.deadAt ?? 0) - Date.now())).toBeLessThan(60_000);
      const inbox = new Inbox();
      await queue.consume('video', { slots: 1 }, inbox.handler());
      expect(await queue.replayDeadLetter(letter?.id ?? '')).toBe(true);
      await inbox.has(1);
      expect(inbox.deliveries).toEqual([{ queue: 'video', body: 'kills', deliveryCount: 1 }]);
    });

    it('loses no dead letter by being looked at, and knows those of strangers', async () => {
      const queue = await queues.opened();
      const dead = queues.topology.dead('video');
      for (const body of ['one', 'two', 'three']) stranger.sendToQueue(dead, Buffer.from(body));
      const letters = await deadLetters(queue, 3);
      for (let looks = 0; looks < 50; looks += 1) {
        expect(await queue.deadLetters('video', 2)).toHaveLength(2);
        expect(await queue.discardDeadLetter('none')).toBe(false);
      }
      expect(await queue.deadLetters('video', 100)).toEqual(letters);
      const two = letters.find(({ body }) => body === 'two');
      expect(await queue.discardDeadLetter(two?.id ?? '')).toBe(true);
      const left = (await deadLetters(queue, 2)).map(({ body }) => body);
      expect(left.toSorted()).toEqual(['one', 'three']);
    });

    it('keeps a dead letter whose replay fails', async () => {
      const queue = await queues.opened();
      stranger.sendToQueue(queues.topology.dead('video'), Buffer.from('kept'));
      const [letter] = await deadLetters(queue, 1);
      await stranger.deleteQueue(queues.topology.main('video'));
      await expect(queue.replayDeadLetter(letter?.id ?? '')).rejects.toBeInstanceOf(UnavailableError);
      expect(await deadLetters(queue, 1)).toEqual([letter]);
    });

    it('shares the messages out to ten consumers in as many processes', async () => {
      const inbox = new Inbox();
      const all = await Promise.all(Array.from({ length: 10 }, () => queues.opened()));
      for (const queue of all) await queue.consume('video', { slots: 3 }, inbox.handler());
      const bodies = Array.from({ length: 300 }, (_, index) => String(index));
      await Promise.all(
        all.map(async (queue, turn) => {
          for (const body of bodies.slice(30 * turn, 30 * (turn + 1))) await queue.publish('video', body);
        }),
      );
      await inbox.has(300);
      for (const queue of all) await eventually(async () => (await queue.depth('video')) === 0);
      expect(inbox.bodies.toSorted()).toEqual(bodies.toSorted());
    });

    it('takes more messages at once than the driver wants to buffer', async () => {
      const queue = await queues.opened();
      const bodies = Array.from({ length: 5000 }, (_, index) => `${'long '.repeat(500)}${String(index)}`);
      await Promise.all(bodies.map((body) => queue.publish('mp3', body)));
      expect(await queue.depth('mp3')).toBe(5000);
    });

    it('fails for a queue that was deleted behind its back, makes it again, and goes on', async () => {
      const queue = await queues.opened();
      const inbox = new Inbox();
      await queue.consume('video', { slots: 1 }, inbox.handler());
      await queue.publish('video', 'before');
      await inbox.has(1);
      await stranger.deleteQueue(queues.topology.main('video'));
      await expect(queue.publish('video', 'while away')).rejects.toMatchObject({
        name: 'UnavailableError',
        cause: expect.any(UnroutableError),
      });
      await persist(queue, 'after');
      await inbox.has(2);
      expect(inbox.bodies).toEqual(['before', 'after']);
    });

    it('keeps a message whose retry cannot be published, until it can', async () => {
      const queue = await queues.opened();
      const inbox = new Inbox();
      const handler = inbox.handler(async ({ deliveryCount }) => {
        if (deliveryCount > 1) return { kind: 'done' };
        for (const name of queues.topology.waiting('video').slice(1)) await stranger.deleteQueue(name);
        return { kind: 'retry', delayMs: 10 };
      });
      await queue.consume('video', { slots: 1 }, handler);
      await queue.publish('video', 'again');
      await inbox.has(2);
      expect(inbox.deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2]);
    });

    it('names a queue that exists with other properties, says so once, and works when it is gone', async () => {
      const lines = new LogLines();
      const name = queues.topology.main('transcribe');
      await stranger.assertQueue(name, { durable: true });
      const queue = queues.open({ log: lines.log });
      await eventually(() => Promise.resolve(lines.count('publishing', name) > 0));
      await expect(queue.ping()).rejects.toMatchObject({
        name: 'UnavailableError',
        cause: expect.any(QueueSetupError),
      });
      await expect(queue.publish('video', 'x')).rejects.toMatchObject({
        cause: { message: expect.stringContaining(name) },
      });
      await stranger.deleteQueue(name);
      await eventually(() => isReady(queue));
      expect(lines.count('publishing', 'the queues cannot be used')).toBe(1);
      expect(lines.count('publishing', 'connected to the broker')).toBe(1);
    });
  });
});
