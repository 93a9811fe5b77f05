/**
 * `npm run screenshots`: makes the pictures of the documentation anew, by the test of the tour, which otherwise compares
 * them. Installs what is missing first.
 */
import { delimiter, dirname } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runJest } from './lib/run-jest.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  const missing = ensurePrograms(['ffmpeg', 'flite', 'pocketsphinx', 'chromium']);
  if (missing.length > 0)
    throw new SetupError(`${missing.join(' and ')} is missing; ${installHint(missing)}`);
  const { failed } = await runJest(node, 'e2e', ['e2e/test/web/tour'], {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    UPDATE_SCREENSHOTS: '1',
  });
  return failed > 0 ? 1 : 0;
});
