import { describe } from '@jest/globals';
import { isMariadbThere, isMongodbThere, isRabbitmqThere } from '@clipscribe/private-servers';
import { startEmbedded, startOnServers, type StartPlatform } from './running.ts';

/** A `describe` block for tests on real servers, skipped (which the run reports) where one of these cannot be had. */
export const describeOnServers: typeof describe.skip =
  isMariadbThere() && isRabbitmqThere() && isMongodbThere() ? describe : describe.skip;

/** A `describe` block on embedded storage, and the same on MariaDB, RabbitMQ and MongoDB. */
export function describeOnEachPlatform(title: string, tests: (start: StartPlatform) => void): void {
  describe(`${title} (embedded)`, () => {
    tests(startEmbedded);
  });
  describeOnServers(`${title} (real servers)`, () => {
    tests(startOnServers);
  });
}
