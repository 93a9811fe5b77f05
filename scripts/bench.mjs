/** `npm run bench`: the same preparations as `npm start`, then the measurements in bench/. */
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
  const missing = ensurePrograms(['ffmpeg', 'flite']);
  if (missing.length > 0)
    throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'bench', 'main.ts'),
    ...process.argv.slice(2),
  ];
  const { code } = await runInGroup(node, args, { cwd: root });
  return code;
});
