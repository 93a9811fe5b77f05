import { join } from 'node:path';
import {
  startMariadb,
  startMongodb,
  startRabbitmq,
  type PrivateServer,
  type RabbitmqServer,
} from '@clipscribe/private-servers';

export interface Servers {
  mariadb: PrivateServer;
  rabbitmq: RabbitmqServer;
  mongodb: PrivateServer;
}

/** Starts the three backing servers side by side, each in a folder of its own. @throws StartError */
export async function startServers(folder: string): Promise<Servers> {
  const started = await Promise.allSettled([
    startMariadb(join(folder, 'mariadb')),
    startRabbitmq(join(folder, 'rabbitmq')),
    startMongodb(join(folder, 'mongodb')),
  ]);
  const [mariadb, rabbitmq, mongodb] = started;
  if (mariadb.status === 'fulfilled' && rabbitmq.status === 'fulfilled' && mongodb.status === 'fulfilled')
    return { mariadb: mariadb.value, rabbitmq: rabbitmq.value, mongodb: mongodb.value };
  for (const result of started) if (result.status === 'fulfilled') await result.value.stop();
  throw started.find((result) => result.status === 'rejected')?.reason;
}

/** Stops them side by side. */
export async function stopServers({ mariadb, rabbitmq, mongodb }: Servers): Promise<void> {
  await Promise.all([mariadb, rabbitmq, mongodb].map((server) => server.stop()));
}
