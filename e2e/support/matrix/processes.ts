import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ServerProcess } from '@clipscribe/private-servers';
import { embeddedServices } from '@clipscribe/runtime';
import { root } from '../../../scripts/lib/root.mjs';
import { serviceStart } from '../../../scripts/lib/service-start.mjs';
import type { ServiceName } from '../../../stack/service-envs.ts';
import type { Stack } from '../../../stack/start-stack.ts';
import type { Surroundings } from '../promises/surroundings.ts';
import { startStack } from '../stack.ts';
import { adminPassword } from '../suite-process.ts';

/** A running clipscribe whose processes can be killed one by one. */
export interface Processes {
  /** Where the gateway answers, also after a restart. */
  url: string;
  surroundings: Surroundings;
  /** The process of each service; on embedded storage one and the same. */
  of: (service: ServiceName) => ServerProcess;
  /** The four processes and the three servers; null on embedded storage. */
  stack: Stack | null;
  stop: () => Promise<void>;
}

export type StartProcesses = (data: string, env: Record<string, string>) => Promise<Processes>;

/** Four processes, on MariaDB, RabbitMQ and MongoDB. */
export const onServers: StartProcesses = async (data, env) => {
  const stack = await startStack(data, env);
  const { urls, outbox } = stack;
  return {
    url: stack.url,
    surroundings: { urls, outbox, workFolders: [join(data, 'stack', 'work')] },
    of: (service) => stack.services[service],
    stack,
    stop: stack.stop,
  };
};

/** One process, on embedded storage. */
export const embedded: StartProcesses = async (data, env) => {
  const port = await freePort();
  const { JOBS_URL = '', FILES_URL = '', QUEUE_URL = '' } = embeddedServices(data);
  const { PATH, HOME } = process.env;
  mkdirSync(data, { recursive: true });
  const suite = new ServerProcess({
    name: 'suite',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...serviceStart(root, 'suite')],
    env: {
      ...{ PATH, HOME, DATA_DIR: data, PORT: String(port), ADMIN_PASSWORD: adminPassword },
      ...{ SAMPLE: 'off', BCRYPT_COST: '10', ...env },
    },
    cwd: root,
    log: join(data, 'suite.log'),
    port,
  });
  await suite.start();
  return {
    url: `http://127.0.0.1:${String(port)}`,
    surroundings: {
      urls: { JOBS_URL, FILES_URL, QUEUE_URL },
      outbox: join(data, 'outbox'),
      workFolders: [join(data, 'work')],
    },
    of: () => suite,
    stack: null,
    stop: () => suite.stop(),
  };
};
