/**
 * `npm run screenshots`: makes the pictures of the documentation anew, with a browser on the running suite. Installs what
 * is missing first.
 */
import { join } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  const missing = ensurePrograms(['ffmpeg', 'flite', 'pocketsphinx', 'chromium']);
  if (missing.length > 0)
    throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
  const main = join(root, 'e2e', 'screenshots', 'main.ts');
  const { code } = await runInGroup(node, ['--disable-warning=ExperimentalWarning', main], {
    cwd: root,
    ipc: true,
  });
  return code;
});
