import { parseMessage, type QueueName } from '@clipscribe/contracts';
import type { Consumer, DeadLetter, Handler, JobQueue } from '@clipscribe/job-queue';
import { UnavailableError } from '@clipscribe/runtime';

interface Published {
  queue: QueueName;
  jobId: string | undefined;
  /** For a message of the `transcribe` queue. */
  chunk: number | undefined;
  delayMs: number;
}

/** A real queue that can be made to refuse messages, and that remembers what it took. */
export class FailingQueue implements JobQueue {
  /** So many more messages are taken; then the queue is down until it is set again. */
  capacity = Infinity;
  /** How many messages were refused because the queue is down. */
  refused = 0;
  /** False for messages that it cannot take, although it is up. */
  hasRoomFor: (body: string) => boolean = () => true;
  readonly system = 'failing';
  readonly #queue: JobQueue;
  #published: Published[] = [];

  constructor(queue: JobQueue) {
    this.#queue = queue;
  }

  /** What was taken since the last call, other than for webhooks. */
  takePublished(): Published[] {
    return this.takeAll().filter(({ queue }) => queue !== 'webhook');
  }

  takeAll(): Published[] {
    const published = this.#published;
    this.#published = [];
    return published;
  }

  async publish(queue: QueueName, body: string, options: { delayMs?: number } = {}): Promise<void> {
    if (this.capacity <= 0) {
      this.refused += 1;
      throw new UnavailableError('queue');
    }
    if (!this.hasRoomFor(body)) throw new Error('no space left on device');
    this.capacity -= 1;
    await this.#queue.publish(queue, body, options);
    const message = parseMessage(queue, body);
    const chunk = message !== null && 'chunk' in message ? message.chunk : undefined;
    this.#published.push({ queue, jobId: message?.jobId, chunk, delayMs: options.delayMs ?? 0 });
  }

  consume(queue: QueueName, options: { slots: number }, handler: Handler): Promise<Consumer> {
    return this.#queue.consume(queue, options, handler);
  }

  counts(): ReturnType<JobQueue['counts']> {
    return this.#queue.counts();
  }

  depth(queue: QueueName): Promise<number> {
    return this.#queue.depth(queue);
  }

  deadLetters(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    return this.#queue.deadLetters(queue, limit);
  }

  replayDeadLetter(id: string): Promise<boolean> {
    return this.#queue.replayDeadLetter(id);
  }

  discardDeadLetter(id: string): Promise<boolean> {
    return this.#queue.discardDeadLetter(id);
  }

  ping(): Promise<void> {
    return this.#queue.ping();
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
