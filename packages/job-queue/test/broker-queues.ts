import { setTimeout } from 'node:timers/promises';
import { connect } from 'amqplib';
import { newId } from '@clipscribe/contracts';
import { silentLog } from '@clipscribe/runtime';
import { AmqpTopology, type Delays } from '../src/amqp-topology.ts';
import { AmqpJobQueue, type AmqpJobQueueOptions } from '../src/index.ts';
import { eventually } from '../testing/eventually.ts';

/** Short rests, so that tests need not wait; and long ones, so that what is to wait does. */
const DELAYS_MS: Delays = [10, 500, 30_000, 3_600_000];

/** Queues of one test at a broker, under a prefix of their own. */
export class BrokerQueues {
  readonly topology: AmqpTopology;
  readonly #url: () => string;
  readonly #prefix = `test-${newId()}.`;
  readonly #opened: AmqpJobQueue[] = [];

  constructor(url: () => string) {
    this.#url = url;
    this.topology = new AmqpTopology(this.#prefix, DELAYS_MS);
  }

  /** Connects like another process would, and does not wait for it. */
  open(options: AmqpJobQueueOptions = {}): AmqpJobQueue {
    const own = { prefix: this.#prefix, delaysMs: DELAYS_MS, log: silentLog };
    const queue = AmqpJobQueue.open(this.#url(), { ...own, ...options });
    this.#opened.push(queue);
    return queue;
  }

  /** As `open`, and the queues are there. */
  async opened(options: AmqpJobQueueOptions = {}): Promise<AmqpJobQueue> {
    const queue = this.open(options);
    await eventually(() => isReady(queue));
    return queue;
  }

  /** Closes what was opened and deletes the queues; the broker has to be up. */
  async dispose(): Promise<void> {
    for (const queue of this.#opened.splice(0)) await queue.close();
    const connection = await connect(this.#url());
    const channel = await connection.createChannel();
    for (const { name } of this.topology.declarations()) await channel.deleteQueue(name);
    await connection.close();
  }
}

/** Publishes as often as it takes, as the outbox does, with a breath in between; the broker may need the processor. */
export async function persist(queue: AmqpJobQueue, body: string): Promise<void> {
  while (!(await isPublished(queue, body))) await setTimeout(20);
}

async function isPublished(queue: AmqpJobQueue, body: string): Promise<boolean> {
  return queue.publish('video', body).then(
    () => true,
    () => false,
  );
}

export async function isReady(queue: AmqpJobQueue): Promise<boolean> {
  return queue.ping().then(
    () => true,
    () => false,
  );
}
