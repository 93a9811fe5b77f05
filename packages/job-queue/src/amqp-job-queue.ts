import type { Channel } from 'amqplib';
import { queueNames, type QueueName } from '@clipscribe/contracts';
import { silentLog, type Log } from '@clipscribe/runtime';
import { brokerAddress } from './amqp-address.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { AmqpConsumer } from './amqp-consumer.ts';
import { AmqpDeadLetters } from './amqp-dead-letters.ts';
import { declareQueues } from './amqp-declare.ts';
import { REACH_MS, within } from './amqp-errors.ts';
import { jobMessage } from './amqp-message.ts';
import { AmqpPublisher } from './amqp-publisher.ts';
import { AmqpTopology, RETRY_DELAYS_MS, type Delays } from './amqp-topology.ts';
import { eachQueue } from './each-queue.ts';
import type { Consumer, DeadLetter, Handler, JobQueue, QueueCounts } from './job-queue.ts';

export interface AmqpJobQueueOptions {
  log?: Log;
  /** Put before the names of all queues, so that several suites can share a virtual host. */
  prefix?: string;
  /** How long messages rest in the retry queues. Other processes on the same queues need the same ones. */
  delaysMs?: Delays;
  heartbeatSeconds?: number;
}

/**
 * Queues at a RabbitMQ broker, 3.10 or later. There are two connections, since a broker that is short of memory stops
 * reading from those that publish. Both are made again for ever, each beginning with the declaration of the queues.
 */
export class AmqpJobQueue implements JobQueue {
  readonly system = 'rabbitmq';
  readonly #log: Log;
  readonly #topology: AmqpTopology;
  readonly #publishing: AmqpConnection;
  readonly #consuming: AmqpConnection;
  readonly #publisher: AmqpPublisher;
  readonly #deadLetters: AmqpDeadLetters;
  readonly #consumers = new Set<AmqpConsumer>();

  private constructor(
    url: string,
    { log = silentLog, prefix = '', delaysMs = RETRY_DELAYS_MS, heartbeatSeconds }: AmqpJobQueueOptions,
  ) {
    const topology = new AmqpTopology(prefix, delaysMs);
    const common = {
      ...{ url: brokerAddress(url, heartbeatSeconds), log },
      setUp: (link: Parameters<typeof declareQueues>[0]) => declareQueues(link, topology.declarations()),
    };
    this.#log = log;
    this.#topology = topology;
    this.#publishing = new AmqpConnection({ ...common, purpose: 'publishing' });
    this.#consuming = new AmqpConnection({ ...common, purpose: 'consuming' });
    this.#publisher = new AmqpPublisher(this.#publishing);
    this.#deadLetters = new AmqpDeadLetters(this.#consuming, this.#publisher, topology);
  }

  /** Begins to connect, and does not wait for it. @throws ConfigError for an address that cannot be one */
  static open(url: string, options: AmqpJobQueueOptions = {}): AmqpJobQueue {
    return new AmqpJobQueue(url, options);
  }

  async publish(queue: QueueName, body: string, { delayMs = 0 }: { delayMs?: number } = {}): Promise<void> {
    await this.#publisher.publish(jobMessage(this.#topology.hop(queue, delayMs), body));
  }

  /** Resolves at once, also while the broker is away: deliveries begin when it is there. */
  async consume(queue: QueueName, { slots }: { slots: number }, handler: Handler): Promise<Consumer> {
    const consumer = new AmqpConsumer({
      ...{ queue, slots, handler, topology: this.#topology, log: this.#log },
      connection: this.#consuming,
      publisher: this.#publisher,
    });
    this.#consumers.add(consumer);
    return Promise.resolve(consumer);
  }

  /** Without those that are just moving from one queue of the broker to the next. */
  async depth(queue: QueueName): Promise<number> {
    return this.#consuming.use((channel) => countOf(channel, this.#topology.waiting(queue)));
  }

  /** The broker counts messages in a queue, and so not those in the hands of handlers. */
  async counts(): Promise<Record<QueueName, QueueCounts>> {
    return this.#consuming.use(async (channel) => {
      const counts = eachQueue((): QueueCounts => ({ ready: 0, delayed: 0, dead: 0 }));
      for (const queue of queueNames) {
        counts[queue] = {
          ready: await countOf(channel, [this.#topology.main(queue)]),
          delayed: await countOf(channel, this.#topology.delayed(queue)),
          dead: await countOf(channel, [this.#topology.dead(queue)]),
        };
      }
      return counts;
    });
  }

  async deadLetters(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    return this.#deadLetters.list(queue, limit);
  }

  async replayDeadLetter(id: string): Promise<boolean> {
    return this.#deadLetters.replay(id);
  }

  async discardDeadLetter(id: string): Promise<boolean> {
    return this.#deadLetters.discard(id);
  }

  /** Resolves when the broker answers and the queues are there. @throws UnavailableError */
  async ping(): Promise<void> {
    await Promise.all([this.#publishing.link(), this.#consuming.use(() => Promise.resolve())]);
  }

  /** Does not wait for handlers (`Consumer.stop` does): their messages go back to the queue for somebody else. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#consumers, (consumer) => consumer.abandon()));
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }
}

async function countOf(channel: Channel, names: readonly string[]): Promise<number> {
  let count = 0;
  for (const name of names) count += (await within(REACH_MS, channel.checkQueue(name))).messageCount;
  return count;
}
