import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { PasswordHasher } from '@clipscribe/auth/accounts';
import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import { silentLog, urlPath, urlScheme } from '@clipscribe/runtime';
import { openUserStore } from '@clipscribe/user-store';
import type { AdminConfig } from './config.ts';
import { CommandFailed } from './errors.ts';
import type { AdminPorts } from './ports.ts';

export interface PortSources {
  createHasher: (cost: number) => Promise<PasswordHasher>;
  stdin: AsyncIterable<string | Buffer>;
}

/** Ports that open themselves at their first use; `close` closes those that were. */
export function openPorts(
  config: AdminConfig,
  { createHasher, stdin }: PortSources,
): AdminPorts & { close: () => Promise<void> } {
  const users = lazily(() => openUserStore(existing(config.usersUrl)));
  const jobs = lazily(() => openJobStore(existing(config.jobsUrl)));
  // Commands say themselves what an operator has to know.
  const queue = lazily(() => openJobQueue(existing(config.queueUrl), { log: silentLog }));
  return {
    users: users.get,
    jobs: jobs.get,
    queue: queue.get,
    hasher: () => createHasher(config.bcryptCost),
    readInput: () => text(stdin),
    clock: Date.now,
    close: async () => {
      for (const port of [users, jobs, queue]) await port.close();
    },
  };
}

function lazily<T extends { close: () => Promise<void> }>(open: () => Promise<T>) {
  let opened: Promise<T> | undefined;
  return {
    get: (): Promise<T> => (opened ??= open()),
    close: async (): Promise<void> => {
      await opened?.then(
        (port) => port.close(),
        () => undefined, // it failed to open, which its user was told
      );
    },
  };
}

/** An embedded database that is made by looking into it would hide that the folder is the wrong one. */
function existing(url: string): string {
  if (urlScheme(url) !== 'sqlite' || existsSync(urlPath(url))) return url;
  throw new CommandFailed(
    `there is no database ${urlPath(url)}; start clipscribe once, or name its folder with DATA_DIR=…`,
  );
}
