import type { QueueName } from '@clipscribe/contracts';
import type { DeadLetter, JobQueue } from '@clipscribe/job-queue';

/** Puts a message among the dead letters, by the way that they come there: a consumer that could not handle it. */
export async function buryMessage(
  queue: JobQueue,
  name: QueueName,
  body: string,
  reason = 'nobody could handle it',
): Promise<DeadLetter> {
  const before = new Set((await queue.deadLetters(name, 1000)).map(({ id }) => id));
  const { promise: handled, resolve } = Promise.withResolvers<null>();
  await queue.publish(name, body);
  const consumer = await queue.consume(name, { slots: 1 }, (delivery) => {
    const isOurs = delivery.body === body;
    if (isOurs) resolve(null);
    return Promise.resolve(isOurs ? { kind: 'dead-letter', reason } : { kind: 'retry', delayMs: 3_600_000 });
  });
  await handled;
  await consumer.stop();
  const letter = (await queue.deadLetters(name, 1000)).find(({ id }) => !before.has(id));
  if (letter === undefined) throw new Error('the message is not among the dead letters');
  return letter;
}
