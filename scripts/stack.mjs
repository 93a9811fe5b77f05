/**
 * `npm run stack`: the four services as four processes, on private instances of MariaDB, RabbitMQ and MongoDB.
 * Installs what is missing first.
 */
import { join } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { ensureMongodbServer } from './lib/mongodb-server.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';
import { ensureWebPage } from './lib/web-page.mjs';

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  const missing = ensurePrograms(['ffmpeg', 'pocketsphinx', 'mariadb', 'rabbitmq']);
  if (missing.length > 0)
    throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
  const withoutMongodb = ensureMongodbServer(root);
  if (withoutMongodb !== undefined) throw new SetupError(withoutMongodb);
  await ensureWebPage();
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'stack', 'main.ts'),
    ...process.argv.slice(2),
  ];
  const { code } = await runInGroup(node, args, { cwd: root, ipc: true });
  return code;
});
