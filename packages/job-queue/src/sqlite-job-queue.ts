import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { QueueName } from '@clipscribe/contracts';
import { openSqlite, silentLog, type Log, SqliteStatements } from '@clipscribe/runtime';
import { DeadLetterTable } from './dead-letter-table.ts';
import { eachQueue } from './each-queue.ts';
import type { Consumer, DeadLetter, Handler, JobQueue, QueueCounts } from './job-queue.ts';
import { MessageTable } from './message-table.ts';
import { SqliteConsumer } from './sqlite-consumer.ts';
import { migrate } from './sqlite-schema.ts';
import { wakeAll } from './wakeups.ts';

export interface SqliteJobQueueOptions {
  /**
   * This process alone uses the file, and consumes nothing from it yet: claims found at the start belong to
   * dead processes, and their messages are delivered again at once instead of after a minute.
   */
  soleOwner?: boolean;
  /** Told of handlers that throw and of failures of the database that no caller sees. */
  log?: Log;
}

/**
 * Durable queues in one SQLite file, which several services and processes may share. It has two connections: what is
 * published is on the disk before the caller goes on, while claims and outcomes are only as safe as the operating
 * system. Losing those to a power failure means that messages come again, which every consumer must bear anyway,
 * and not waiting for the disk twice a message is most of the speed.
 */
export class SqliteJobQueue implements JobQueue {
  readonly system = 'sqlite';
  readonly #path: string;
  readonly #log: Log;
  readonly #durable: Tables;
  readonly #quick: Tables;
  readonly #consumers = new Set<SqliteConsumer>();

  private constructor(path: string, log: Log, connections: { durable: DatabaseSync; quick: DatabaseSync }) {
    this.#path = path;
    this.#log = log;
    this.#durable = tablesOf(connections.durable);
    this.#quick = tablesOf(connections.quick);
  }

  /** @throws StartError when the file cannot be written or belongs to a newer release. */
  static open(
    path: string,
    { soleOwner = false, log = silentLog }: SqliteJobQueueOptions = {},
  ): SqliteJobQueue {
    const absolute = resolve(path);
    const durable = openSqlite(absolute);
    try {
      migrate(durable);
      const quick = openSqlite(absolute);
      // With a write-ahead log this stays consistent: https://sqlite.org/pragma.html#pragma_synchronous
      quick.exec('PRAGMA synchronous = NORMAL');
      const queue = new SqliteJobQueue(absolute, log, { durable, quick });
      if (soleOwner) queue.#quick.messages.releaseAll();
      return queue;
    } catch (error) {
      durable.close();
      throw error;
    }
  }

  async publish(queue: QueueName, body: string, { delayMs = 0 }: { delayMs?: number } = {}): Promise<void> {
    this.#durable.messages.insert(queue, body, delayMs);
    wakeAll(this.#wakeupKey(queue));
    return Promise.resolve();
  }

  async consume(queue: QueueName, { slots }: { slots: number }, handler: Handler): Promise<Consumer> {
    const consumer = new SqliteConsumer({
      ...{ queue, slots, handler },
      messages: this.#quick.messages,
      deadLetters: this.#quick.deadLetters,
      wakeupKey: this.#wakeupKey(queue),
      log: this.#log,
    });
    this.#consumers.add(consumer);
    return Promise.resolve(consumer);
  }

  async depth(queue: QueueName): Promise<number> {
    return Promise.resolve(this.#durable.messages.count(queue));
  }

  async counts(): Promise<Record<QueueName, QueueCounts>> {
    const { messages, deadLetters } = this.#durable;
    return Promise.resolve(
      eachQueue((queue) => ({ ...messages.counts(queue), dead: deadLetters.count(queue) })),
    );
  }

  async deadLetters(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    return Promise.resolve(this.#durable.deadLetters.list(queue, limit));
  }

  async replayDeadLetter(id: string): Promise<boolean> {
    const queue = this.#durable.deadLetters.replay(id);
    if (queue !== null) wakeAll(this.#wakeupKey(queue));
    return Promise.resolve(queue !== null);
  }

  async discardDeadLetter(id: string): Promise<boolean> {
    return Promise.resolve(this.#durable.deadLetters.discard(id));
  }

  async ping(): Promise<void> {
    this.#durable.sql.rows('SELECT 1 FROM messages LIMIT 1');
    return Promise.resolve();
  }

  /** Does not wait for handlers (`Consumer.stop` does): their messages are given back for somebody else. */
  async close(): Promise<void> {
    for (const consumer of this.#consumers) consumer.abandon();
    this.#consumers.clear();
    for (const { db } of [this.#quick, this.#durable]) if (db.isOpen) db.close();
    return Promise.resolve();
  }

  #wakeupKey(queue: QueueName): string {
    return `${queue} ${this.#path}`;
  }
}

interface Tables {
  db: DatabaseSync;
  sql: SqliteStatements;
  messages: MessageTable;
  deadLetters: DeadLetterTable;
}

function tablesOf(db: DatabaseSync): Tables {
  const sql = new SqliteStatements(db, 'job queue');
  return { db, sql, messages: new MessageTable(sql), deadLetters: new DeadLetterTable(sql) };
}
