import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RabbitmqServer } from '@clipscribe/private-servers';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { ConfigError, UnavailableError } from '@clipscribe/runtime';
import { AmqpJobQueue, openJobQueue, type Outcome } from '../src/index.ts';
import { eventually, Inbox } from '../testing/index.ts';
import { BrokerQueues, isReady, persist } from './broker-queues.ts';
import { LogLines } from './log-lines.ts';

const done: Outcome = { kind: 'done' };

describeWithPrivateServer('rabbitmq', 'AmqpJobQueue when its broker fails', (server) => {
  let queues: BrokerQueues;
  let lines: LogLines;

  beforeEach(() => {
    queues = new BrokerQueues(() => server().url);
    lines = new LogLines();
  });
  afterEach(() => queues.dispose());

  /** Resolves when every body has been handled at least once. */
  async function allHandled(inbox: Inbox, bodies: readonly string[]): Promise<void> {
    await eventually(() => Promise.resolve(new Set(inbox.bodies).size >= bodies.length));
    expect([...new Set(inbox.bodies)].toSorted()).toEqual(bodies.toSorted());
  }

  async function unavailable(work: Promise<unknown>): Promise<void> {
    await expect(work).rejects.toBeInstanceOf(UnavailableError);
  }

  async function whileStopped(work: () => Promise<void>): Promise<void> {
    await server().signal('SIGSTOP');
    try {
      await work();
    } finally {
      await server().signal('SIGCONT');
    }
  }

  async function crash(broker: RabbitmqServer): Promise<void> {
    await broker.signal('SIGKILL');
    await broker.restart();
  }

  it('loses nothing when the broker is killed twice under load', async () => {
    const [publisher, consumer] = [await queues.opened(), await queues.opened()];
    const inbox = new Inbox();
    // Every third message comes once more, a little later.
    const handler = inbox.handler(({ body, deliveryCount }) =>
      Number(body) % 3 === 0 && deliveryCount === 1 ? { kind: 'retry', delayMs: 10 } : done,
    );
    await consumer.consume('video', { slots: 5 }, handler);
    const bodies = Array.from({ length: 600 }, (_, index) => String(index));
    const publishing = Promise.all(
      [0, 1, 2].map(async (lane) => {
        for (const body of bodies.slice(200 * lane, 200 * (lane + 1))) await persist(publisher, body);
      }),
    );
    await inbox.has(50);
    await crash(server());
    await inbox.has(250);
    await crash(server());
    await publishing;
    await allHandled(inbox, bodies);
    const again = bodies.filter((body) => Number(body) % 3 === 0);
    const cameAgain = (): Set<string> =>
      new Set(inbox.deliveries.filter((each) => each.deliveryCount > 1).map(({ body }) => body));
    await eventually(() => {
      const came = cameAgain();
      return Promise.resolve(again.every((body) => came.has(body)));
    });
    // Its other connection, which nothing has waited for so far.
    await eventually(() => isReady(publisher));
    await eventually(async () => (await publisher.depth('video')) === 0);
    expect(await publisher.deadLetters('video', 10)).toEqual([]);
  });

  it('keeps messages, delayed ones and dead letters over a restart of the broker', async () => {
    const queue = await queues.opened();
    const inbox = new Inbox();
    const consumer = await queue.consume(
      'video',
      { slots: 1 },
      inbox.handler(() => ({ kind: 'dead-letter', reason: 'poison' })),
    );
    await queue.publish('video', 'dead');
    await eventually(async () => (await queue.deadLetters('video', 1)).length === 1);
    await consumer.stop();
    await queue.publish('video', 'ready');
    await queue.publish('video', 'delayed', { delayMs: 3_600_000 });
    await crash(server());
    await eventually(() => isReady(queue));
    await eventually(async () => (await queue.depth('video')) === 2);
    expect(await queue.deadLetters('video', 10)).toMatchObject([{ body: 'dead', reason: 'poison' }]);
  });

  it('opens and consumes while the broker is away, says so once, and works when it is there', async () => {
    await server().signal('SIGTERM');
    const queue = queues.open({ log: lines.log });
    const inbox = new Inbox();
    await queue.consume('video', { slots: 1 }, inbox.handler());
    await unavailable(queue.publish('video', 'lost'));
    await unavailable(queue.ping());
    await unavailable(queue.depth('video'));
    await unavailable(queue.deadLetters('video', 1));
    await unavailable(queue.replayDeadLetter('none'));
    await server().restart();
    await persist(queue, 'found');
    await inbox.has(1);
    await crash(server());
    await eventually(() => isReady(queue));
    for (const connection of ['publishing', 'consuming']) {
      const said = (text: string): number => lines.count(`"connection":"${connection}"`, text);
      expect(said('the broker cannot be reached')).toBe(1);
      expect(said('the broker is gone')).toBe(1);
      expect(said('connected to the broker again')).toBe(2);
    }
    expect(lines.text).not.toContain(new URL(server().url).password);
  });

  it.each([
    ['its missing heartbeats', 1],
    ['a missing confirm', 60],
  ])('knows a stopped broker by %s, and goes on when it answers', async (_sign, heartbeatSeconds) => {
    const queue = await queues.opened({ heartbeatSeconds });
    const inbox = new Inbox();
    await queue.consume('video', { slots: 1 }, inbox.handler());
    await whileStopped(async () => {
      await Promise.all([unavailable(queue.ping()), unavailable(queue.depth('video'))]);
      await unavailable(queue.publish('video', 'unknown'));
      // Now the silence is known.
      await unavailable(queue.publish('video', 'refused'));
    });
    await persist(queue, 'arrives');
    await eventually(() => Promise.resolve(inbox.bodies.includes('arrives')));
  });

  it('can be closed while the broker is stopped, with a handler under way', async () => {
    const queue = await queues.opened();
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    await queue.consume(
      'video',
      { slots: 1 },
      inbox.handler(() => gate.promise),
    );
    await queue.publish('video', 'in hand');
    await inbox.has(1);
    await whileStopped(async () => {
      await queue.close();
      gate.resolve(done);
    });
    const next = new Inbox();
    await (await queues.opened()).consume('video', { slots: 1 }, next.handler());
    await next.has(1);
    expect(next.deliveries).toMatchObject([{ body: 'in hand', deliveryCount: 2 }]);
  });

  it('has no more handlers than slots also after a reconnect', async () => {
    const queue = await queues.opened();
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    let [running, most] = [0, 0];
    const handler = inbox.handler(async () => {
      running += 1;
      most = Math.max(most, running);
      const outcome = await gate.promise;
      running -= 1;
      return outcome;
    });
    const consumer = await queue.consume('video', { slots: 2 }, handler);
    for (const body of ['a', 'b', 'c']) await queue.publish('video', body);
    await inbox.has(2);
    await crash(server());
    await eventually(() => isReady(queue));
    // The broker has handed the messages out again.
    await eventually(async () => (await queue.depth('video')) === 1);
    gate.resolve(done);
    await eventually(async () => new Set(inbox.bodies).size === 3 && (await queue.depth('video')) === 0);
    await consumer.stop();
    expect(most).toBe(2);
    expect(await queue.depth('video')).toBe(0);
  });

  describe('in a memory alarm', () => {
    const alarm = (limit: string): Promise<string> =>
      server().control('set_vm_memory_high_watermark', 'absolute', limit);

    afterEach(() => alarm('1GiB'));

    it('refuses to publish, goes on consuming, keeps outcomes, and publishes when it is over', async () => {
      const queue = await queues.opened({ log: lines.log });
      const inbox = new Inbox();
      const handler = inbox.handler(({ body, deliveryCount }) =>
        body === 'again' && deliveryCount === 1 ? { kind: 'retry', delayMs: 10 } : done,
      );
      await queue.publish('video', 'again');
      await queue.publish('video', 'before');
      await alarm('1MB');
      await unavailable(queue.publish('video', 'during'));
      await expect(queue.publish('video', 'also during')).rejects.toMatchObject({
        name: 'UnavailableError',
        cause: { message: expect.stringContaining('short of memory') },
      });
      const consumer = await queue.consume('video', { slots: 2 }, handler);
      await inbox.has(2);
      await queue.ping();
      await alarm('1GiB');
      await persist(queue, 'after');
      await eventually(() => Promise.resolve(inbox.bodies.includes('after')));
      await eventually(() =>
        Promise.resolve(inbox.deliveries.some((each) => each.body === 'again' && each.deliveryCount === 2)),
      );
      await consumer.stop();
      expect(lines.count('takes no messages for now')).toBe(1);
      expect(lines.count('takes messages again')).toBe(1);
    });

    it('gives back at a stop what it cannot publish', async () => {
      const queue = await queues.opened();
      const [inbox, next] = [new Inbox(), new Inbox()];
      const retry = inbox.handler(() => ({ kind: 'retry', delayMs: 10 }));
      await queue.publish('video', 'kept');
      await alarm('1MB');
      await unavailable(queue.publish('mp3', 'makes the alarm known'));
      const consumer = await queue.consume('video', { slots: 1 }, retry);
      await inbox.has(1);
      await consumer.stop();
      await eventually(async () => (await queue.depth('video')) === 1);
      await queue.consume('video', { slots: 1 }, next.handler());
      await next.has(1);
      expect(next.deliveries).toMatchObject([{ body: 'kept', deliveryCount: 2 }]);
    });
  });

  it('subscribes again after a delivery that the broker found too long, and ignores its late outcome', async () => {
    // The limit applies to channels that are made from now on; it is looked at in every tick.
    const set = (name: string, ms: number): Promise<string> =>
      server().control('eval', `application:set_env(rabbit, ${name}, ${String(ms)}).`);
    await set('consumer_timeout', 1000);
    await set('channel_tick_interval', 500);
    const queue = await queues.opened({ log: lines.log });
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    const handler = inbox.handler(({ deliveryCount }) => (deliveryCount === 1 ? gate.promise : done));
    const consumer = await queue.consume('video', { slots: 2 }, handler);
    await queue.publish('video', 'slow');
    await inbox.has(2);
    gate.resolve({ kind: 'dead-letter', reason: 'too late to say' });
    await consumer.stop();
    expect(inbox.deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2]);
    expect(await queue.depth('video')).toBe(0);
    expect(await queue.deadLetters('video', 10)).toEqual([]);
    expect(lines.count('the broker ended a subscription')).toBe(1);
    await set('consumer_timeout', 1_800_000);
    await set('channel_tick_interval', 60_000);
  });

  it('does not show the password when it is refused', async () => {
    const url = server().url.replace(new URL(server().url).password, 'wrong-secret');
    const queue = AmqpJobQueue.open(url, { log: lines.log });
    try {
      const failure: unknown = await queue.publish('video', 'x').catch((error: unknown) => error);
      expect(failure).toMatchObject({ cause: { message: expect.stringContaining('ACCESS_REFUSED') } });
      expect(lines.text).toContain('ACCESS_REFUSED');
      expect(lines.text).not.toContain('wrong-secret');
    } finally {
      await queue.close();
    }
  });
});

describe('QUEUE_URL', () => {
  it.each([
    'amqp:',
    'amqp://',
    'amqp://user:secret@:5672/',
    'amqp://user:secret@host:port/',
    'amqps://user:secret@host/a/b',
    'mysql://user:secret@host/',
  ])('cannot be %s', async (url) => {
    const failure: unknown = await openJobQueue(url, { log: new LogLines().log }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure).toMatchObject({ message: expect.stringMatching(/^QUEUE_URL must /) });
    expect(String(failure)).not.toContain('secret');
    expect(failure).not.toHaveProperty('cause');
  });

  describe('names a server that is silent from the first word', () => {
    let silent: Server;

    beforeEach(async () => {
      silent = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
    });
    afterEach(() => {
      silent.close();
    });

    it.each(['amqp', 'amqps'])('as %s:', async (scheme) => {
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const queue = await openJobQueue(`${scheme}://127.0.0.1:${String(port)}/`, { log: new LogLines().log });
      await expect(queue.publish('video', 'x')).rejects.toBeInstanceOf(UnavailableError);
      await expect(queue.ping()).rejects.toBeInstanceOf(UnavailableError);
      await queue.close();
    });
  });
});
