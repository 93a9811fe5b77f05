import { newId, queueNames, type QueueName } from '@clipscribe/contracts';
import type { SqliteRow, SqliteStatements } from '@clipscribe/runtime';
import type { DeadLetter } from './job-queue.ts';
import type { Claim } from './message-table.ts';

/** Messages that nobody could handle, kept until the operator replays or discards them. */
export class DeadLetterTable {
  readonly #sql: SqliteStatements;

  constructor(sql: SqliteStatements) {
    this.#sql = sql;
  }

  /** Moves a message here, unless its claim was lost; false then. */
  bury({ messageId, token }: Claim, reason: string): boolean {
    return this.#sql.inTransaction(() => {
      const gone = 'DELETE FROM messages WHERE id = ? AND claimed_by = ? RETURNING queue, body';
      const [message] = this.#sql.rows(gone, messageId, token);
      if (message === undefined) return false;
      this.#sql.run(
        'INSERT INTO dead_letters (id, queue, body, reason, dead_at) VALUES (?, ?, ?, ?, ?)',
        newId(),
        String(message['queue']),
        String(message['body']),
        reason,
        Date.now(),
      );
      return true;
    });
  }

  /** Oldest first. */
  list(queue: QueueName, limit: number): DeadLetter[] {
    return this.#sql
      .rows('SELECT * FROM dead_letters WHERE queue = ? ORDER BY id LIMIT ?', queue, limit)
      .map((row) => readDeadLetter(row, queue));
  }

  count(queue: QueueName): number {
    const [row] = this.#sql.rows('SELECT count(*) AS dead FROM dead_letters WHERE queue = ?', queue);
    return Number(row?.['dead'] ?? 0);
  }

  /** Makes it a new message, without the deliveries it had; gives its queue, or null when it is not there. */
  replay(id: string): QueueName | null {
    return this.#sql.inTransaction(() => {
      const [letter] = this.#sql.rows('DELETE FROM dead_letters WHERE id = ? RETURNING queue, body', id);
      const queue = queueNames.find((name) => name === letter?.['queue']);
      if (letter === undefined || queue === undefined) return null;
      const insert = 'INSERT INTO messages (queue, body, visible_at) VALUES (?, ?, ?)';
      this.#sql.run(insert, queue, String(letter['body']), Date.now());
      return queue;
    });
  }

  discard(id: string): boolean {
    return this.#sql.run('DELETE FROM dead_letters WHERE id = ?', id) === 1;
  }
}

function readDeadLetter(row: SqliteRow, queue: QueueName): DeadLetter {
  return {
    id: String(row['id']),
    queue,
    body: String(row['body']),
    reason: String(row['reason']),
    deadAt: Number(row['dead_at']),
  };
}
