import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run-quietly.mjs';
import { SetupError } from './setup-error.mjs';

const NEEDED_MAJOR = 24;

/**
 * The path of a Node that runs clipscribe: the running one if it is new enough, else the one that the
 * development dependency `node` brings. Call it after the dependencies are installed.
 * @param {string} root the folder of node_modules
 * @throws SetupError when there is none and it cannot be fetched either.
 */
export function findNode24(root) {
  const currentMajor = Number(process.versions.node.split('.')[0]);
  if (currentMajor >= NEEDED_MAJOR) return process.execPath;
  const packageFolder = join(root, 'node_modules', 'node');
  const binary = join(packageFolder, 'bin', 'node');
  if (!runs(binary)) fetchBinary(packageFolder);
  if (!runs(binary)) {
    throw new SetupError(
      `Node ${NEEDED_MAJOR} is needed and could not be fetched; install it and run this again`,
    );
  }
  return binary;
}

function runs(binary) {
  return runQuietly(binary, ['--version']).ok;
}

/**
 * npm has put the package there but not run its install script, as with `ignore-scripts=true`: this one
 * script is run after all, because it does nothing but fetch the binary of this platform.
 */
function fetchBinary(packageFolder) {
  const script = join(packageFolder, 'installArchSpecificPackage.js');
  if (!existsSync(script)) return;
  console.error(`clipscribe: fetching Node ${NEEDED_MAJOR}`);
  const { ok, tail } = runQuietly(process.execPath, [script], { cwd: packageFolder });
  if (!ok) console.error(tail);
}
