import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openSqlite, silentLog, SqliteStatements } from '@clipscribe/runtime';
import { ClaimHandling } from '../src/claim-handling.ts';
import { DeadLetterTable } from '../src/dead-letter-table.ts';
import type { Outcome } from '../src/index.ts';
import { CLAIM_MS, MessageTable } from '../src/message-table.ts';
import { migrate } from '../src/sqlite-schema.ts';

describe('claims on messages', () => {
  let db: DatabaseSync;
  let messages: MessageTable;
  let deadLetters: DeadLetterTable;

  beforeEach(() => {
    jest.useFakeTimers();
    db = openSqlite(':memory:');
    migrate(db);
    const sql = new SqliteStatements(db, 'job queue');
    messages = new MessageTable(sql);
    deadLetters = new DeadLetterTable(sql);
    messages.insert('video', 'body', 0);
  });
  afterEach(() => {
    jest.useRealTimers();
    db.close();
  });

  it('keep a message from others until they lapse', () => {
    const first = messages.claim('video');
    expect(first).toMatchObject({ body: 'body', deliveryCount: 1 });
    jest.advanceTimersByTime(CLAIM_MS - 1);
    expect([messages.claim('video'), messages.nextDueAt('video'), messages.count('video')]).toEqual([
      null,
      null,
      0,
    ]);
    jest.advanceTimersByTime(1);
    expect(messages.count('video')).toBe(1);
    expect(messages.claim('video')).toMatchObject({ messageId: first?.messageId, deliveryCount: 2 });
  });

  it('have no effect once they are lost', () => {
    const lost = messages.claim('video');
    jest.advanceTimersByTime(CLAIM_MS);
    const current = messages.claim('video');
    if (lost === null || current === null) throw new Error('nothing was claimed');
    messages.remove(lost);
    messages.putBack(lost, 0);
    messages.release(lost);
    expect(deadLetters.bury(lost, 'too late')).toBe(false);
    jest.advanceTimersByTime(CLAIM_MS - 1);
    messages.renew(lost);
    expect(messages.claim('video')).toBeNull();
    messages.release(current);
    expect(messages.claim('video')).toMatchObject({ deliveryCount: 3 });
  });

  it('are renewed as long as the handler runs', async () => {
    const claim = messages.claim('video');
    if (claim === null) throw new Error('nothing was claimed');
    const gate = Promise.withResolvers<Outcome>();
    const handling = new ClaimHandling({
      ...{ queue: 'video', wakeupKey: 'video', log: silentLog, messages, deadLetters },
      handler: () => gate.promise,
    });
    const handled = handling.handle(claim);
    jest.advanceTimersByTime(10 * CLAIM_MS);
    expect(messages.claim('video')).toBeNull();
    gate.resolve({ kind: 'retry', delayMs: 5000 });
    await handled;
    expect(jest.getTimerCount()).toBe(0);
    expect(messages.nextDueAt('video')).toBe(Date.now() + 5000);
  });
});
