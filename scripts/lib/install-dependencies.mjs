import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runQuietly } from './run-quietly.mjs';
import { SetupError } from './setup-error.mjs';

/** Written after an installation: the SHA-256 of the package-lock.json that was installed. */
const STAMP = '.clipscribe-lock-sha256';

/**
 * Installs the locked dependencies (`npm ci`) unless they are there already.
 * @param {string} root the folder of package-lock.json
 * @throws SetupError when npm fails; the end of what npm said is printed before.
 */
export function installDependencies(root) {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stampPath = join(root, 'node_modules', STAMP);
  if (readIfThere(stampPath) === lockHash) return;
  if (!isInstalledByHand(root)) runNpmCi(root);
  writeFileSync(stampPath, lockHash);
}

/** True after an `npm install` of one's own: npm notes the installed tree in a hidden lock file of its own. */
function isInstalledByHand(root) {
  const installed = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function runNpmCi(root) {
  console.error(
    'clipscribe: installing dependencies with npm ci (a minute or two, only after a change of them)',
  );
  const [command, ...first] = npmCommand();
  // Development dependencies carry Node 24 and the tests, so they are wanted whatever NODE_ENV says.
  const { ok, tail } = runQuietly(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
  });
  if (ok) return;
  console.error(tail);
  throw new SetupError(
    'npm ci failed, see above; check the network connection and run the same command again',
  );
}

/** The npm that runs us where there is one, else the one on the PATH. */
export function npmCommand() {
  const running = process.env.npm_execpath;
  return running !== undefined && basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
