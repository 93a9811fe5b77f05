import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storedInGridfs } from './gridfs.ts';
import { startStack } from './stack.ts';
import { startSuite } from './suite-process.ts';

/** clipscribe as its users see it, whatever it runs on. */
export interface Running {
  /** Where the gateway answers. */
  url: string;
  /** Folder of the mails that came, as .eml files. */
  outbox: string;
  /** Folder in which the media tools work. */
  work: string;
  /** All that the processes of clipscribe have printed so far. */
  logs: () => Promise<string>;
  /** Ids of all files that are stored, whether a job knows them or not. */
  storedFiles: () => Promise<string[]>;
  stop: () => Promise<unknown>;
}

/** Starts all of it with everything that it keeps in the folder `data`. */
export type StartPlatform = (data: string, env?: Record<string, string>) => Promise<Running>;

/** One process, on embedded storage. */
export const startEmbedded: StartPlatform = async (data, env) => {
  const suite = await startSuite(data, env);
  return {
    url: suite.url,
    outbox: join(data, 'outbox'),
    work: join(data, 'work'),
    logs: () => Promise.resolve(Object.values(suite.output()).join('\n')),
    storedFiles: async () => {
      const entries = await readdir(join(data, 'store'), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    stop: suite.stop,
  };
};

/** Four processes, on MariaDB, RabbitMQ and MongoDB. */
export const startOnServers: StartPlatform = async (data, env) => {
  const stack = await startStack(data, env);
  return {
    ...stack,
    work: join(data, 'stack', 'work'),
    logs: () => readAll(join(data, 'stack', 'logs')),
    storedFiles: () => storedInGridfs(stack.urls.FILES_URL),
  };
};

async function readAll(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}
