import { isOnPath, programs } from './programs.mjs';
import { runQuietly } from './run-quietly.mjs';

/**
 * Sees to it that programs are on this system. On Debian and its relatives, and only as root, what is missing
 * is installed; elsewhere nothing is changed.
 * @param {string[]} wanted names from the table of programs
 * @returns {string[]} the ones that are still missing
 */
export function ensurePrograms(wanted) {
  const missing = missingOf(wanted);
  if (missing.length === 0 || !isOnPath('apt-get') || process.getuid?.() !== 0) return missing;
  aptInstall(missing.flatMap((name) => programs[name].packages.apt));
  return missingOf(wanted);
}

/** What to type to get the programs on this system, as the end of a sentence. */
export function installHint(names) {
  const manager = ['apt', 'dnf', 'brew'].find((name) => isOnPath(name === 'apt' ? 'apt-get' : name));
  const packages = names.flatMap((name) => programs[name].packages[manager] ?? []);
  if (packages.length === 0) return 'see the documentation of this system for how to install it';
  const install = { apt: 'sudo apt-get install', dnf: 'sudo dnf install', brew: 'brew install' }[manager];
  return `install it with: ${install} ${packages.join(' ')}`;
}

function missingOf(names) {
  return names.filter((name) => !programs[name].isThere());
}

/** Packages that are installed already and yet lack the program (a newer release) are not asked for again. */
function aptInstall(packages) {
  const absent = packages.filter((name) => !isInstalled(name));
  if (absent.length === 0) return;
  console.error(`clipscribe: installing ${absent.join(' ')} with apt-get`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const update = runQuietly('apt-get', ['update'], options);
  const install = runQuietly('apt-get', ['install', '-y', '--no-install-recommends', ...absent], options);
  if (!install.ok) console.error(update.ok ? install.tail : `${update.tail}\n${install.tail}`);
}

function isInstalled(name) {
  const { ok, tail } = runQuietly('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
  return ok && tail === 'installed';
}
