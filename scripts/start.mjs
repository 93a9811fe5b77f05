/**
 * `npm start`: runs all services in one process, on a machine that has no more than Node 20 and npm.
 * Installs what is missing first. Uses Node's own modules only, since nothing else is there yet.
 */
import { installDependencies } from './lib/install-dependencies.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runInGroup } from './lib/run-in-group.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { serviceStart } from './lib/service-start.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';
import { ensureWebPage } from './lib/web-page.mjs';

/** PocketSphinx is the default engine; those who chose another need not have it. */
function wantsPocketSphinx() {
  return !['openai', 'none'].includes(process.env.TRANSCRIBER);
}

function checkPrograms() {
  const missing = ensurePrograms(['ffmpeg', ...(wantsPocketSphinx() ? ['pocketsphinx'] : [])]);
  if (missing.includes('ffmpeg')) throw new SetupError(`ffmpeg is missing; ${installHint(['ffmpeg'])}`);
  if (missing.includes('pocketsphinx')) {
    const hint = installHint(['pocketsphinx']);
    console.error(`clipscribe: PocketSphinx is missing, so there will be no transcripts; ${hint}`);
  }
}

await runMain(async () => {
  installDependencies(root);
  const node = findNode24(root);
  checkPrograms();
  await ensureWebPage();
  // The suite stops when the channel closes, that is, also when this process is killed.
  const { code } = await runInGroup(
    node,
    ['--disable-warning=ExperimentalWarning', ...serviceStart(root, 'suite'), ...process.argv.slice(2)],
    { ipc: true },
  );
  return code;
});
