import type { Channel, GetMessage } from 'amqplib';
import { queueNames, type QueueName } from '@clipscribe/contracts';
import type { AmqpConnection } from './amqp-connection.ts';
import { REACH_MS, within } from './amqp-errors.ts';
import { idOf, jobMessage, readDeadLetter } from './amqp-message.ts';
import type { AmqpPublisher } from './amqp-publisher.ts';
import type { AmqpTopology } from './amqp-topology.ts';
import type { DeadLetter } from './job-queue.ts';

/** A list takes more than it shows: what is given back may change places with what was not taken. */
const MOST_TAKEN = 10_000;

/** The next message of the queue, or false when it has no more. */
type TakeNext = () => Promise<GetMessage | false>;

/**
 * The queues of dead letters. A broker shows messages only by handing them out, so they are taken and given back; who
 * looks from another process at the same moment may see fewer. Whatever goes wrong on the way, they go back by themselves.
 */
export class AmqpDeadLetters {
  readonly #connection: AmqpConnection;
  readonly #publisher: AmqpPublisher;
  readonly #topology: AmqpTopology;
  /** Within this process one looks after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: AmqpConnection, publisher: AmqpPublisher, topology: AmqpTopology) {
    this.#connection = connection;
    this.#publisher = publisher;
    this.#topology = topology;
  }

  /** Oldest first. @throws UnavailableError */
  list(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    return this.#look(queue, async (takeNext) => {
      const letters: DeadLetter[] = [];
      while (letters.length < MOST_TAKEN) {
        const message = await takeNext();
        if (message === false) break;
        letters.push(readDeadLetter(message, queue));
      }
      return letters.sort((one, other) => one.deadAt - other.deadAt).slice(0, limit);
    });
  }

  /** Makes it a new message, without the deliveries it had; false when it is not there. @throws UnavailableError */
  replay(id: string): Promise<boolean> {
    return this.#remove(id, (queue, { body }) =>
      this.#publisher.publish(jobMessage(this.#topology.hop(queue, 0), body)),
    );
  }

  /** False when it is not there. @throws UnavailableError */
  discard(id: string): Promise<boolean> {
    return this.#remove(id, () => Promise.resolve());
  }

  /** Removes a dead letter after `before` has succeeded, so that a crash in between doubles it but does not lose it. */
  async #remove(
    id: string,
    before: (queue: QueueName, letter: DeadLetter) => Promise<void>,
  ): Promise<boolean> {
    for (const queue of queueNames) {
      const isRemoved = await this.#look(queue, async (takeNext, channel) => {
        const message = await firstWithId(id, takeNext);
        if (message === false) return false;
        await before(queue, readDeadLetter(message, queue));
        channel.ack(message);
        return true;
      });
      if (isRemoved) return true;
    }
    return false;
  }

  #look<T>(queue: QueueName, work: (takeNext: TakeNext, channel: Channel) => Promise<T>): Promise<T> {
    const name = this.#topology.dead(queue);
    const looking = this.#turn.then(() =>
      this.#connection.use(async (channel) => {
        const result = await work(() => within(REACH_MS, channel.get(name)), channel);
        // Said aloud, so that they are back when the channel is closed; its end alone gives them back a little later.
        channel.nackAll(true);
        return result;
      }),
    );
    this.#turn = looking.catch(() => undefined);
    return looking;
  }
}

async function firstWithId(id: string, takeNext: TakeNext): Promise<GetMessage | false> {
  for (;;) {
    const message = await takeNext();
    if (message === false || idOf(message) === id) return message;
  }
}
