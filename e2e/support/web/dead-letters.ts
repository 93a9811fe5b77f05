import { join } from 'node:path';
import type { DeadLetterList, DeadLetterView, QueueName } from '@clipscribe/contracts';
import { openJobQueue } from '@clipscribe/job-queue';
import { embeddedServices, silentLog } from '@clipscribe/runtime';
import type { Client } from '../client.ts';
import { soon } from '../soon.ts';
import type { WebWorld } from './world.ts';

/** The oldest hundred, as administrators see them. */
export async function deadLettersOf(client: Client): Promise<DeadLetterView[]> {
  const answer = await client.fetch('/admin/dead-letters?limit=100');
  return ((await answer.json()) as DeadLetterList).deadLetters; // deadLetterListSchema
}

/** Sends messages to a queue that no service can handle; resolves when all of them are dead letters. */
export async function makeDeadLetters(
  { client, folder }: Pick<WebWorld, 'client' | 'folder'>,
  name: QueueName,
  bodies: readonly string[],
): Promise<void> {
  const url = embeddedServices(join(folder, 'data'))['QUEUE_URL'] ?? '';
  const queue = await openJobQueue(url, { log: silentLog });
  try {
    for (const body of bodies) await queue.publish(name, body);
    await soon(async () => {
      const dead = new Set((await deadLettersOf(client)).map(({ body }) => body));
      return bodies.every((body) => dead.has(body));
    }, 60_000);
  } finally {
    await queue.close();
  }
}
