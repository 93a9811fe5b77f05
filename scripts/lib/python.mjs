import { spawnSync } from 'node:child_process';

const names = ['python3', 'python3.13', 'python3.12', 'python3.11'];

/** Exits with 0 for a release that the pinned packages are built for, with what makes virtual environments. */
const PROBE = 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))';

/** The first Python on the PATH that SecantusDB can be installed for: 3.11 to 3.13, with venv. */
export function findPython() {
  return names.find((name) => spawnSync(name, ['-I', '-c', PROBE], { stdio: 'ignore' }).status === 0);
}
