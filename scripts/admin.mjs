/**
 * `npm run admin -- …`: the same preparations as `npm start`, then the operator's command line.
 *
 * Node looks for a file that `--env-file` names even behind the program's name, unless `--` stands before that:
 * both in the `admin` script that starts this file and in the `start` script of the service.
 */
import { installDependencies } from './lib/install-dependencies.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { serviceStart } from './lib/service-start.mjs';
import { runMain } from './lib/setup-error.mjs';

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  const args = [
    '--disable-warning=ExperimentalWarning',
    ...serviceStart(root, 'admin'),
    ...process.argv.slice(2),
  ];
  const { code } = await runInGroup(node, args);
  return code;
});
