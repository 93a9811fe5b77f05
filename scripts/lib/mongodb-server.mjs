import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from './programs.mjs';
import { findPython } from './python.mjs';
import { runQuietly } from './run-quietly.mjs';
import { ensurePrograms, installHint } from './system-packages.mjs';

/** Holds the SHA-256 of the requirements.txt that was installed. */
const STAMP = 'requirements-sha256';

/**
 * Sees to it that there is a server for packages/private-servers to start as MongoDB: a `mongod` on the PATH, else
 * SecantusDB, which is installed into node_modules/.cache the first time (about 130 MB, with the network).
 * @param {string} root the folder of node_modules
 * @returns {string | undefined} what is wrong and what to do, in one line; undefined when there is a server
 */
export function ensureMongodbServer(root) {
  if (isOnPath('mongod')) return undefined;
  const requirements = join(root, 'packages', 'private-servers', 'secantusdb', 'requirements.txt');
  const cache = join(root, 'node_modules', '.cache', 'clipscribe');
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (isInstalled(join(cache, 'secantusdb'), hash)) return undefined;
  if (ensurePrograms(['python']).length > 0) {
    return `no MongoDB: neither mongod nor Python 3.11 to 3.13 with venv is there; ${installHint(['python'])}`;
  }
  console.error('clipscribe: installing SecantusDB, in place of MongoDB (once)');
  const failure = install(cache, requirements, hash);
  if (failure === undefined) return undefined;
  console.error(failure);
  return 'no MongoDB: SecantusDB could not be installed, see above; install MongoDB, or check the network connection';
}

/** The Python that it was made with may have been removed since. */
function isInstalled(folder, hash) {
  try {
    if (readFileSync(join(folder, STAMP), 'utf8') !== hash) return false;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
  return runQuietly(pythonIn(folder), ['--version']).ok;
}

/** @returns {string | undefined} why it failed: what a step printed last, or what the file system said */
function install(cache, requirements, hash) {
  try {
    return installBeside(cache, requirements, hash);
  } catch (error) {
    if (error.syscall === undefined) throw error;
    return error.message;
  }
}

/** Made beside its place and moved there when complete, so that an installation broken off is not taken for one. */
function installBeside(cache, requirements, hash) {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    for (const [command, args] of steps(unfinished, requirements)) {
      const { ok, tail } = runQuietly(command, args, { env: { ...process.env, PIP_USER: '0' } });
      if (!ok) return tail;
    }
    writeFileSync(join(unfinished, STAMP), hash);
    // A temporary folder is its maker's alone; what is in node_modules is for all.
    chmodSync(unfinished, 0o755);
    rmSync(join(cache, 'secantusdb'), { recursive: true, force: true });
    renameSync(unfinished, join(cache, 'secantusdb'));
    return undefined;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Ready-made packages only: nothing is compiled, and no package runs code while it is installed. */
function steps(folder, requirements) {
  const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const python = pythonIn(folder);
  return [
    [findPython(), ['-I', '-m', 'venv', folder]],
    [python, [...pip, '--require-hashes', '--only-binary', ':all:', '-r', requirements]],
    [python, ['-I', '-c', 'import secantus.server']],
  ];
}

function pythonIn(folder) {
  return join(folder, 'bin', 'python');
}
