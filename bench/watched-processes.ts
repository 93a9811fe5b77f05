import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '../e2e/support/client.ts';
import { startStack } from '../e2e/support/stack.ts';
import { adminEmail, adminPassword, startSuite } from '../e2e/support/suite-process.ts';
import { services } from '../stack/service-envs.ts';
import { inspectArgs, inspectorIn, type WatchedProcess } from './node-memory.ts';

/** clipscribe with every process of it watched. */
export interface Watched {
  client: Client;
  processes: readonly WatchedProcess[];
  stop: () => Promise<unknown>;
}

const env = { TRANSCRIBER: 'none', LOG_LEVEL: 'warn' };

export async function startWatchedSuite(folder: string): Promise<Watched> {
  const suite = await startSuite(folder, { ...env, NODE_OPTIONS: inspectArgs.join(' ') });
  const client = await Client.login(suite.url, adminEmail, adminPassword);
  const inspector = inspectorIn(suite.output().stderr);
  return { client, processes: [{ name: 'suite', pid: suite.pid, inspector }], stop: suite.stop };
}

export async function startWatchedStack(folder: string): Promise<Watched> {
  const stack = await startStack(folder, env);
  const processes: WatchedProcess[] = [];
  for (const name of services) {
    await stack.services[name].stop();
    await stack.services[name].start({ args: inspectArgs });
    const log = await readFile(join(folder, 'stack', 'logs', `${name}.log`), 'utf8');
    processes.push({ name, pid: stack.services[name].pid, inspector: inspectorIn(log) });
  }
  const client = await Client.login(stack.url, adminEmail, adminPassword);
  return { client, processes, stop: stack.stop };
}
