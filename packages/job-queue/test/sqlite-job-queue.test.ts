import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigError, createLog, silentLog, StartError } from '@clipscribe/runtime';
import {
  DELIVERY_LIMIT,
  openJobQueue,
  SqliteJobQueue,
  type Outcome,
  type SqliteJobQueueOptions,
} from '../src/index.ts';
import { describeJobQueue, eventually, Inbox } from '../testing/index.ts';

let folder = '';
const newFolder = async (): Promise<string> => (folder = await mkdtemp(join(tmpdir(), 'clipscribe-queue-')));
const dropFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });

describeJobQueue('sqlite', {
  open: async () => SqliteJobQueue.open(join(await newFolder(), 'queue.db')),
  dispose: dropFolder,
});

describe('sqlite job queue', () => {
  const opened: SqliteJobQueue[] = [];

  beforeEach(newFolder);
  afterEach(async () => {
    jest.useRealTimers();
    for (const queue of opened.splice(0)) await queue.close();
    await dropFolder();
  });

  const path = (): string => join(folder, 'queue.db');

  function open(options: SqliteJobQueueOptions = {}): SqliteJobQueue {
    const queue = SqliteJobQueue.open(path(), options);
    opened.push(queue);
    return queue;
  }

  /** A consumer that has one message in hand until `end` is called. */
  async function hangingConsumer(queue: SqliteJobQueue): Promise<(outcome: Outcome) => void> {
    const [inbox, gate] = [new Inbox(), Promise.withResolvers<Outcome>()];
    await queue.consume(
      'video',
      { slots: 1 },
      inbox.handler(() => gate.promise),
    );
    await queue.publish('video', 'in hand');
    await inbox.has(1);
    return gate.resolve;
  }

  it('delivers in the order of publication', async () => {
    const queue = open();
    const bodies = Array.from({ length: 30 }, (_, index) => String(index));
    for (const body of bodies) await queue.publish('video', body);
    const inbox = new Inbox();
    await queue.consume('video', { slots: 1 }, inbox.handler());
    await inbox.has(30);
    expect(inbox.bodies).toEqual(bodies);
  });

  it('keeps messages and dead letters over a restart', async () => {
    const first = open();
    const inbox = new Inbox();
    await first.consume(
      'mp3',
      { slots: 1 },
      inbox.handler(() => ({ kind: 'dead-letter', reason: 'poison' })),
    );
    await first.publish('mp3', 'dead');
    await eventually(async () => (await first.deadLetters('mp3', 1)).length === 1);
    await first.publish('video', 'alive');
    await first.close();
    const second = open();
    expect(await second.depth('video')).toBe(1);
    expect(await second.deadLetters('mp3', 10)).toMatchObject([{ body: 'dead', reason: 'poison' }]);
  });

  it('wakes consumers of every instance in the process, without waiting for their next look', async () => {
    const inbox = new Inbox();
    // With the clock standing still there is no next look.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] });
    const [publisher, consumer] = [open(), open()];
    await consumer.consume('video', { slots: 1 }, inbox.handler());
    for (let count = 1; count <= 10; count += 1) {
      await publisher.publish('video', String(count));
      await inbox.has(count);
      // The consumer looks once more, finds nothing, and now only waits.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    }
    expect(inbox.deliveries).toHaveLength(10);
  });

  it('gives a sole owner at once what a dead process had in hand, and ignores the dead', async () => {
    const end = await hangingConsumer(open());
    const inbox = new Inbox();
    const second = open({ soleOwner: true });
    await second.consume('video', { slots: 1 }, inbox.handler());
    await inbox.has(1);
    expect(inbox.deliveries).toEqual([{ queue: 'video', body: 'in hand', deliveryCount: 2 }]);
    end({ kind: 'dead-letter', reason: 'too late to say' });
    await eventually(async () => (await second.depth('video')) === 0);
    expect(await second.deadLetters('video', 10)).toEqual([]);
  });

  it('leaves to others what they have in hand, when it is not the sole owner', async () => {
    const first = open();
    const end = await hangingConsumer(first);
    const inbox = new Inbox();
    const second = open();
    await second.consume('video', { slots: 1 }, inbox.handler());
    await second.publish('video', 'next');
    await inbox.has(1);
    expect(inbox.bodies).toEqual(['next']);
    end({ kind: 'done' });
  });

  it('gives back at its close what handlers still have in hand', async () => {
    const first = open();
    const end = await hangingConsumer(first);
    const inbox = new Inbox();
    await open().consume('video', { slots: 1 }, inbox.handler());
    await first.close();
    await inbox.has(1);
    expect(inbox.deliveries).toMatchObject([{ body: 'in hand', deliveryCount: 2 }]);
    end({ kind: 'done' });
  });

  it('dead-letters what was delivered too often', async () => {
    const queue = open();
    const inbox = new Inbox();
    await queue.consume(
      'video',
      { slots: 1 },
      inbox.handler(() => ({ kind: 'retry', delayMs: 0 })),
    );
    await queue.publish('video', 'never works');
    await eventually(async () => (await queue.deadLetters('video', 1)).length === 1);
    expect(inbox.deliveries).toHaveLength(DELIVERY_LIMIT);
    expect(await queue.deadLetters('video', 1)).toMatchObject([
      { body: 'never works', reason: 'delivery limit' },
    ]);
    expect(await queue.depth('video')).toBe(0);
  });

  it('survives a database that fails, says so, and goes on when it is back', async () => {
    const lines: string[] = [];
    const queue = open({ log: createLog('test', { destination: { write: (line) => lines.push(line) } }) });
    const end = await hangingConsumer(queue);
    const saboteur = new DatabaseSync(path());
    saboteur.exec('ALTER TABLE messages RENAME TO hidden');
    end({ kind: 'done' });
    await eventually(() => Promise.resolve(lines.some((line) => line.includes('cannot be read'))));
    expect(lines.join('')).toContain('an outcome could not be recorded');
    await expect(queue.publish('video', 'refused')).rejects.toThrow(/no such table/);
    saboteur.exec('ALTER TABLE hidden RENAME TO messages');
    saboteur.close();
    const inbox = new Inbox();
    await queue.consume('mp3', { slots: 1 }, inbox.handler());
    await queue.publish('mp3', 'works again');
    await inbox.has(1);
  });

  it('says in one line that a file cannot be used', async () => {
    await writeFile(join(folder, 'a-file'), '');
    expect(() => SqliteJobQueue.open(join(folder, 'a-file', 'queue.db'))).toThrow(StartError);
    await open().close();
    const db = new DatabaseSync(path());
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => SqliteJobQueue.open(path())).toThrow(/newer release/);
  });

  it('is what QUEUE_URL opens with the scheme sqlite:', async () => {
    const queue = await openJobQueue(`sqlite:${path()}`, { log: silentLog });
    await queue.publish('video', 'here');
    await queue.close();
    expect(await open().depth('video')).toBe(1);
    await expect(openJobQueue('gopher://queue', { log: silentLog })).rejects.toThrow(/^QUEUE_URL /);
    await expect(openJobQueue('sqlite:', { log: silentLog })).rejects.toBeInstanceOf(ConfigError);
  });
});
