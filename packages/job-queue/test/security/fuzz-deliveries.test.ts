import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { queueNames } from '@clipscribe/contracts';
import { silentLog } from '@clipscribe/runtime';
import { describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { AmqpHandling } from '../../src/amqp-handling.ts';
import { deadMessage, jobMessage, readDeadLetter, readMessage } from '../../src/amqp-message.ts';
import { AmqpTopology, RETRY_DELAYS_MS } from '../../src/amqp-topology.ts';
import { SqliteJobQueue, type Consumer, type Delivery, type Outcome } from '../../src/index.ts';

const topology = new AmqpTopology('', RETRY_DELAYS_MS);
const queue = fc.constantFrom(...queueNames);
const LONGEST_REST_MS = 3_600_000;

/** What others may put into the headers of a message: all that AMQP can carry. */
const oddHeader = fc.oneof(
  ...[fc.integer(), fc.double(), fc.constantFrom(Infinity, -Infinity, Number.NaN, -1, 0, 2 ** 53, 1e308)],
  ...[oddText(2), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 4 })],
  ...[fc.jsonValue({ maxDepth: 1 }), fc.constant([{ reason: 'rejected', time: { value: 5 } }])],
  ...[
    fc.array(fc.dictionary(fc.constantFrom('reason', 'time'), fc.jsonValue({ maxDepth: 1 })), {
      maxLength: 2,
    }),
  ],
);
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    ...['clipscribe-deliveries', 'clipscribe-remaining-ms', 'clipscribe-reason', 'clipscribe-queue'],
    ...['clipscribe-dead-at', 'x-delivery-count', 'x-acquired-count', 'x-death'],
  ),
  oddHeader,
);
const outcome = fc.oneof<fc.Arbitrary<Outcome | 'throws'>[]>(
  fc.record({ kind: fc.constant('done') }),
  fc.record({ kind: fc.constant('retry'), delayMs: fc.nat(1e9) }),
  fc.record({ kind: fc.constant('dead-letter'), reason: oddText() }),
  fc.constant('throws'),
);

function incoming(content: Uint8Array, headers?: Record<string, unknown>, messageId?: unknown): Message {
  const fields = { deliveryTag: 1, redelivered: false, exchange: '', routingKey: 'video' };
  // The driver always sets all properties, whatever they are; these are the ones that are read.
  const properties = { headers, messageId } as Message['properties'];
  return { content: Buffer.from(content), fields, properties };
}

async function successor(message: Message, decided: Outcome | 'throws') {
  let deliveries = 0;
  const handler = ({ deliveryCount }: Delivery): Promise<Outcome> => {
    deliveries += 1;
    expect(Number.isSafeInteger(deliveryCount) && deliveryCount >= 1).toBe(true);
    return decided === 'throws' ? Promise.reject(new Error('a fault')) : Promise.resolve(decided);
  };
  const handling = new AmqpHandling({ queue: 'video', handler, topology, log: silentLog });
  return { next: await handling.successorOf(readMessage(message)), deliveries };
}

describeChapter(import.meta.dirname, 'deliveries', (forAll) => {
  forAll(1500, {
    claim: 'a message of ours arrives with its body, its deliveries and the rest of its delay',
    values: fc.record({ queue, body: oddText(), deliveries: fc.nat(1000), delayMs: fc.nat(1e9) }),
    holds: ({ queue: name, body, deliveries, delayMs }) => {
      const hop = topology.hop(name, delayMs);
      const { headers, to } = jobMessage(hop, body, deliveries);
      expect(to.startsWith(name)).toBe(true);
      expect(readMessage(incoming(Buffer.from(body), headers))).toEqual({
        body: body.toWellFormed(),
        deliveryCount: deliveries + 1,
        remainingMs: hop.remainingMs,
      });
    },
  });

  forAll(4000, {
    claim:
      'whatever the headers say, a message is handled, moved on or dead with a reason, and comes to an end',
    values: fc.record({
      headers: fc.option(oddHeaders, { nil: undefined }),
      content: fc.uint8Array({ maxLength: 20 }),
      outcome,
    }),
    holds: async ({ headers, content, outcome: decided }) => {
      const message = incoming(content, headers);
      const { remainingMs } = readMessage(message);
      const { next, deliveries } = await successor(message, decided);
      if (next === null) {
        expect([deliveries, decided]).toEqual([1, { kind: 'done' }]);
        return;
      }
      const body = message.content.toString('utf8');
      expect(next.body).toBe(body);
      if (next.to === 'video.dead') {
        expect(readDeadLetter(incoming(Buffer.from(body), { ...next.headers }), 'video').reason).not.toBe('');
      } else if (remainingMs > 0) {
        // It rests on, each time at least the shortest rest less.
        const after = readMessage(incoming(content, { ...next.headers })).remainingMs;
        expect(after).toBeLessThan(remainingMs);
        expect(remainingMs - after).toBeLessThanOrEqual(LONGEST_REST_MS);
        expect(deliveries).toBe(0);
      } else {
        expect(next.to).toMatch(/^video($|\.retry\.)/);
        expect(deliveries).toBe(1);
      }
    },
  });

  forAll(3300, {
    claim: 'a dead letter of anybody can be listed: with an id, a reason and a time',
    values: fc.record({
      headers: fc.option(oddHeaders, { nil: undefined }),
      content: fc.uint8Array({ maxLength: 20 }),
      messageId: fc.oneof(fc.constant(undefined), oddHeader),
    }),
    holds: ({ headers, content, messageId }) => {
      const read = () => readDeadLetter(incoming(content, headers, messageId), 'mp3');
      const { id, reason, deadAt, ...rest } = read();
      expect(rest).toEqual({ queue: 'mp3', body: Buffer.from(content).toString('utf8') });
      expect([typeof id, typeof reason]).toEqual(['string', 'string']);
      expect(id).not.toBe('');
      expect(reason).not.toBe('');
      expect(deadAt >= 0 && Number.isFinite(deadAt)).toBe(true);
      expect(read().id).toBe(id);
    },
  });

  forAll(1000, {
    claim: 'a dead letter of ours keeps its body, its queue and the beginning of its reason',
    values: fc.record({ queue, body: oddText(), reason: oddText(200) }),
    holds: ({ queue: name, body, reason }) => {
      const { headers } = deadMessage(topology.dead(name), name, body, reason);
      const letter = readDeadLetter(incoming(Buffer.from(body), headers), name);
      expect(letter).toMatchObject({ queue: name, body: body.toWellFormed(), deadAt: expect.any(Number) });
      expect(letter.reason).toBe(reason === '' ? 'unknown' : reason.slice(0, 1000));
    },
  });

  let folder = '';
  let jobQueue: SqliteJobQueue;
  let consumer: Consumer;
  let decide: (delivery: Delivery) => Outcome;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fuzz-queue-'));
    jobQueue = SqliteJobQueue.open(join(folder, 'queue.db'));
    consumer = await jobQueue.consume('video', { slots: 1 }, (delivery) => Promise.resolve(decide(delivery)));
  });
  afterAll(async () => {
    await consumer.stop();
    await jobQueue.close();
    await rm(folder, { recursive: true });
  });

  /** The next delivery, of which this is made. */
  function delivered(made: Outcome): Promise<Delivery> {
    return new Promise((resolve) => {
      decide = (delivery) => {
        resolve(delivery);
        return made;
      };
    });
  }

  forAll(200, {
    claim: 'the embedded queue delivers any text as it is, buries it with its reason, and replays it',
    values: fc.record({ body: oddText(), reason: oddText() }),
    holds: async ({ body, reason }) => {
      const first = delivered({ kind: 'dead-letter', reason });
      await jobQueue.publish('video', body);
      expect(await first).toEqual({ queue: 'video', body: body.toWellFormed(), deliveryCount: 1 });
      let letters = await jobQueue.deadLetters('video', 10);
      // The outcome is recorded a moment after the handler has given it.
      while (letters.length === 0) letters = await jobQueue.deadLetters('video', 10);
      const [letter] = letters;
      expect(letters).toHaveLength(1);
      expect(letter).toMatchObject({ body: body.toWellFormed(), reason: reason.toWellFormed() });
      const again = delivered({ kind: 'done' });
      expect(await jobQueue.replayDeadLetter(letter?.id ?? '')).toBe(true);
      expect(await again).toEqual({ queue: 'video', body: body.toWellFormed(), deliveryCount: 1 });
    },
  });
});
