import { messageFields, type QueueName } from '@clipscribe/contracts';
import type { Log } from '@clipscribe/runtime';
import { deadMessage, jobMessage, type IncomingMessage, type OutgoingMessage } from './amqp-message.ts';
import type { AmqpTopology } from './amqp-topology.ts';
import { DELIVERY_LIMIT, HANDLER_FAULT_DELAY_MS, type Handler, type Outcome } from './job-queue.ts';

export interface AmqpHandlingOptions {
  queue: QueueName;
  handler: Handler;
  topology: AmqpTopology;
  log: Log;
}

/** Decides what becomes of a message. */
export class AmqpHandling {
  readonly #options: AmqpHandlingOptions;

  constructor(options: AmqpHandlingOptions) {
    this.#options = options;
  }

  /** Returns what takes the message's place and has to be published before it is acked, or null; never rejects. */
  async successorOf(message: IncomingMessage): Promise<OutgoingMessage | null> {
    const { body, deliveryCount, remainingMs } = message;
    // Such a stop on the way is no delivery.
    if (remainingMs > 0) return this.#later(body, remainingMs, deliveryCount - 1);
    if (deliveryCount > DELIVERY_LIMIT) return this.#dead(body, 'delivery limit');
    const outcome = await this.#outcomeOf(message);
    if (outcome.kind === 'done') return null;
    if (outcome.kind === 'dead-letter') return this.#dead(body, outcome.reason);
    return this.#later(body, outcome.delayMs, deliveryCount);
  }

  async #outcomeOf({ body, deliveryCount }: IncomingMessage): Promise<Outcome> {
    const { queue, handler, log } = this.#options;
    try {
      return await handler({ queue, body, deliveryCount });
    } catch (error) {
      log.error({ ...messageFields(body), err: error, queue }, 'a handler failed, its message comes again');
      return { kind: 'retry', delayMs: HANDLER_FAULT_DELAY_MS };
    }
  }

  #later(body: string, delayMs: number, deliveries: number): OutgoingMessage {
    return jobMessage(this.#options.topology.hop(this.#options.queue, delayMs), body, deliveries);
  }

  #dead(body: string, reason: string): OutgoingMessage {
    const { queue, topology, log } = this.#options;
    log.warn({ ...messageFields(body), queue, reason }, 'dead letter');
    return deadMessage(topology.dead(queue), queue, body, reason);
  }
}
