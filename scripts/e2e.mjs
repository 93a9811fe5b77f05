/** `npm run e2e -- --kubeconfig F`: the mission on a cluster, see e2e/cluster/. */
import { join } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runMain } from './lib/setup-error.mjs';

await runMain(async () => {
  installDependencies(root);
  const main = join(root, 'e2e', 'cluster', 'main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)];
  // Paths among the arguments are those of where npm was called.
  const { code } = await runInGroup(findNode24(root), args, { cwd: process.env.INIT_CWD ?? root });
  return code;
});
