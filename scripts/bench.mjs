/** `npm run bench`: the same preparations as `npm start`, then the measurements in bench/. */
import { join } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { ensureMongodbServer } from './lib/mongodb-server.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  const isOnServers = process.argv.includes('--stack');
  const others = isOnServers ? ['mariadb', 'rabbitmq'] : ['chromium'];
  const missing = ensurePrograms(['ffmpeg', 'flite', ...others]);
  if (missing.length > 0)
    throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
  const withoutMongodb = isOnServers ? ensureMongodbServer(root) : undefined;
  if (withoutMongodb !== undefined) throw new SetupError(withoutMongodb);
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'bench', 'main.ts'),
    ...process.argv.slice(2),
  ];
  const { code } = await runInGroup(node, args, { cwd: root });
  return code;
});
