import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeOnServers } from '../platforms.ts';
import { embedded, onServers, type StartProcesses } from './processes.ts';
import { World } from './world.ts';

type Tests = (world: () => World) => void;

/** A `describe` block with a clipscribe on MariaDB, RabbitMQ and MongoDB. */
export function describeWorldOnServers(title: string, tests: Tests, env: Record<string, string> = {}): void {
  describeOnServers(`${title} (real servers)`, () => {
    withWorld(onServers, tests, env);
  });
}

/** The same on embedded storage. */
export function describeWorldEmbedded(title: string, tests: Tests, env: Record<string, string> = {}): void {
  describe(`${title} (embedded)`, () => {
    withWorld(embedded, tests, env);
  });
}

/** Both, one after the other. */
export function describeWorlds(title: string, tests: Tests, env: Record<string, string> = {}): void {
  describeWorldEmbedded(title, tests, env);
  describeWorldOnServers(title, tests, env);
}

function withWorld(start: StartProcesses, tests: Tests, env: Record<string, string>): void {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.start(start, env);
  });
  afterAll(async () => {
    await world?.stop();
  });
  tests(() => {
    if (world === undefined) throw new Error('asked for before it was started');
    return world;
  });
}
