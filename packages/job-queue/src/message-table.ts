import { newId, type QueueName } from '@clipscribe/contracts';
import type { SqliteStatements } from '@clipscribe/runtime';

/** A claim lasts so long unless it is renewed; then its message goes to whoever asks. */
export const CLAIM_MS = 60_000;
export const RENEW_EVERY_MS = 20_000;

/** A message in the hands of one handler. */
export interface Claim {
  messageId: number;
  /** Marks the message as ours: what is done under a lost claim has no effect. */
  token: string;
  body: string;
  deliveryCount: number;
}

/** The messages of all queues. Each call is one statement, and so one commit. */
export class MessageTable {
  readonly #sql: SqliteStatements;

  constructor(sql: SqliteStatements) {
    this.#sql = sql;
  }

  insert(queue: QueueName, body: string, delayMs: number): void {
    const insert = 'INSERT INTO messages (queue, body, visible_at) VALUES (?, ?, ?)';
    this.#sql.run(insert, queue, body, Date.now() + delayMs);
  }

  /** When the first unclaimed message may be delivered (ms since the epoch); null when there is none. */
  nextDueAt(queue: QueueName): number | null {
    const [first] = this.#sql.rows(
      `SELECT visible_at FROM messages INDEXED BY messages_by_turn
       WHERE queue = ? AND claimed_until <= ? ORDER BY visible_at, id LIMIT 1`,
      queue,
      Date.now(),
    );
    return first === undefined ? null : Number(first['visible_at']);
  }

  /** Claims the message whose turn it is. The statement locks before it looks, so nobody else gets the same one. */
  claim(queue: QueueName): Claim | null {
    const now = Date.now();
    const token = newId();
    const [row] = this.#sql.rows(
      `UPDATE messages SET claimed_by = ?, claimed_until = ?, deliveries = deliveries + 1
       WHERE id = (SELECT id FROM messages INDEXED BY messages_by_turn
                   WHERE queue = ? AND visible_at <= ? AND claimed_until <= ? ORDER BY visible_at, id LIMIT 1)
       RETURNING id, body, deliveries`,
      ...[token, now + CLAIM_MS, queue, now, now],
    );
    if (row === undefined) return null;
    return {
      messageId: Number(row['id']),
      token,
      body: String(row['body']),
      deliveryCount: Number(row['deliveries']),
    };
  }

  renew({ messageId, token }: Claim): void {
    const renew = 'UPDATE messages SET claimed_until = ? WHERE id = ? AND claimed_by = ?';
    this.#sql.run(renew, Date.now() + CLAIM_MS, messageId, token);
  }

  remove({ messageId, token }: Claim): void {
    this.#sql.run('DELETE FROM messages WHERE id = ? AND claimed_by = ?', messageId, token);
  }

  /** Gives the message back, to be delivered after `delayMs`. */
  putBack({ messageId, token }: Claim, delayMs: number): void {
    const release =
      'UPDATE messages SET visible_at = ?, claimed_by = NULL, claimed_until = 0 WHERE id = ? AND claimed_by = ?';
    this.#sql.run(release, Date.now() + delayMs, messageId, token);
  }

  /** Gives the message back at its old place. */
  release({ messageId, token }: Claim): void {
    const release =
      'UPDATE messages SET claimed_by = NULL, claimed_until = 0 WHERE id = ? AND claimed_by = ?';
    this.#sql.run(release, messageId, token);
  }

  /** For the sole owner of the file, at its start: whoever held a claim is dead. */
  releaseAll(): void {
    this.#sql.run('UPDATE messages SET claimed_by = NULL, claimed_until = 0 WHERE claimed_by IS NOT NULL');
  }

  /** Messages that wait, without those in the hands of a handler: for their time, or for somebody to take them. */
  counts(queue: QueueName): { ready: number; delayed: number } {
    const [row] = this.#sql.rows(
      `SELECT count(*) FILTER (WHERE visible_at <= ?) AS ready, count(*) FILTER (WHERE visible_at > ?) AS delayed
       FROM messages WHERE queue = ? AND claimed_until <= ?`,
      ...[Date.now(), Date.now(), queue, Date.now()],
    );
    return { ready: Number(row?.['ready'] ?? 0), delayed: Number(row?.['delayed'] ?? 0) };
  }

  /** Messages that wait, delayed ones included, but not those in the hands of a handler. */
  count(queue: QueueName): number {
    const [row] = this.#sql.rows(
      'SELECT count(*) AS waiting FROM messages WHERE queue = ? AND claimed_until <= ?',
      queue,
      Date.now(),
    );
    return Number(row?.['waiting'] ?? 0);
  }
}
