import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  isMariadbThere,
  isMongodbThere,
  isRabbitmqThere,
  startMariadb,
  startMongodb,
  startRabbitmq,
  type PrivateServer,
} from '../src/index.ts';

interface ServerChoice {
  isThere: () => boolean;
  start: (folder: string) => Promise<PrivateServer>;
  /** Names a server of the developer's, which is then used instead of a private one. */
  variable: string;
}

const choices = {
  mariadb: { isThere: isMariadbThere, start: startMariadb, variable: 'TEST_MYSQL_URL' },
  rabbitmq: { isThere: isRabbitmqThere, start: startRabbitmq, variable: 'TEST_AMQP_URL' },
  mongodb: { isThere: isMongodbThere, start: startMongodb, variable: 'TEST_MONGODB_URL' },
} satisfies Record<string, ServerChoice>;

type Choices = typeof choices;
type Started<K extends keyof Choices> = Awaited<ReturnType<Choices[K]['start']>>;

/**
 * A `describe` block with a server of its own that is up before the first test. Where the server cannot be had, its
 * tests are skipped, which the run reports (and which is a failure under CI).
 */
export function describeWithPrivateServer<K extends keyof Choices>(
  kind: K,
  title: string,
  tests: (server: () => Started<K>) => void,
): void {
  const choice: ServerChoice = choices[kind];
  const block = choice.isThere() ? describe : describe.skip;
  block(title, () => {
    let folder: string;
    let server: PrivateServer | undefined;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `clipscribe-${kind}-`));
      server = await choice.start(folder);
    });
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });
    tests(() => {
      if (server === undefined) throw new Error('the server is up only inside tests');
      // What the table's entry for this kind started.
      return server as Started<K>;
    });
  });
}

/**
 * The same for tests that only use the server: they run on the one that TEST_MYSQL_URL, TEST_AMQP_URL or
 * TEST_MONGODB_URL names, if it is set.
 */
export function describeWithServer(
  kind: keyof Choices,
  title: string,
  tests: (server: () => Pick<PrivateServer, 'url'>) => void,
): void {
  const url = process.env[choices[kind].variable];
  if (url === undefined || url === '') {
    describeWithPrivateServer(kind, title, tests);
  } else {
    describe(title, () => {
      tests(() => ({ url }));
    });
  }
}
