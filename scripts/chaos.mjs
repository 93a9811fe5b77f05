/**
 * `npm run chaos`: the same preparations as `npm run stack`, then the faults in chaos/. Where the system allows it, in a
 * mount namespace of its own, so that whatever becomes of it nothing stays mounted; for ordinary users that is also
 * what lets them mount the small file system that is filled.
 */
import { join } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { ensureMongodbServer } from './lib/mongodb-server.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runQuietly } from './lib/run-quietly.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';

const namespace = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

/** Words to put before a command; none where there are no such namespaces. */
function inNamespace() {
  const [command, ...args] = namespace;
  return runQuietly(command, [...args, 'true']).ok ? namespace : [];
}

/** Help, a plan and mistakes need no servers. */
const isQuick = process.argv.some((arg) => ['--help', '-h', '--plan'].includes(arg));

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  if (!isQuick) {
    const missing = ensurePrograms(['ffmpeg', 'flite', 'mariadb', 'rabbitmq']);
    if (missing.length > 0)
      throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
    const withoutMongodb = ensureMongodbServer(root);
    if (withoutMongodb !== undefined) throw new SetupError(withoutMongodb);
  }
  const [command, ...args] = [
    ...(isQuick ? [] : inNamespace()),
    ...[node, '--disable-warning=ExperimentalWarning', join(root, 'chaos', 'main.ts')],
    ...process.argv.slice(2),
  ];
  const { code } = await runInGroup(command, args, { cwd: root });
  return code;
});
