import type { Channel } from 'amqplib';
import { ACCESS_REFUSED, PRECONDITION_FAILED, QueueSetupError, replyCode, within } from './amqp-errors.ts';
import type { AmqpLink } from './amqp-link.ts';
import type { QueueDeclaration } from './amqp-topology.ts';

/** Making one queue takes a moment in a cluster, whose nodes have to agree. */
const DECLARE_LIMIT_MS = 15_000;

/**
 * Makes the queues that are not there yet; several processes may do so at once.
 * @throws QueueSetupError for what the operator has to mend, UnavailableError
 */
export async function declareQueues(
  link: AmqpLink,
  declarations: readonly QueueDeclaration[],
): Promise<void> {
  const channel = await link.channel();
  for (const declaration of declarations) await declareQueue(channel, declaration);
  await within(DECLARE_LIMIT_MS, channel.close());
}

async function declareQueue(channel: Channel, { name, arguments: args }: QueueDeclaration): Promise<void> {
  try {
    await within(DECLARE_LIMIT_MS, channel.assertQueue(name, { durable: true, arguments: args }));
  } catch (error) {
    const remedy = remedies.get(replyCode(error));
    throw remedy === undefined ? error : new QueueSetupError(`queue ${name} ${remedy}`, { cause: error });
  }
}

const remedies: ReadonlyMap<number | null, string> = new Map([
  [
    PRECONDITION_FAILED,
    'exists with other properties than it must have (the cause says which): ' +
      'delete it once it is empty, or give QUEUE_URL another virtual host',
  ],
  [ACCESS_REFUSED, 'may not be declared by the user in QUEUE_URL: grant configure, write and read'],
]);
