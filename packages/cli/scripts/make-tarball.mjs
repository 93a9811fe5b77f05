/**
 * Makes clipscribe-VERSION.tgz, which `npm install --global` takes: the command line as one file of JavaScript for Node
 * 20 and newer, because Node strips no types under node_modules. Prints where it is.
 *
 *     npm run tarball -w @clipscribe/cli [-- FOLDER]
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { npmCommand } from '../../../scripts/lib/install-dependencies.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

async function bundle(folder) {
  const { metafile } = await build({
    entryPoints: [join(here, 'src/main.ts')],
    outfile: join(folder, 'dist/main.mjs'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

/** What is in the bundle is passed on with the licences of those who wrote it. */
function licencesOf(inputs) {
  const folders = inputs
    .map((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path))
    .filter((match) => match !== null)
    .map((match) => join(root, match[0]));
  return [...new Set(folders)].sort().map(licenceText).join('\n\n');
}

function licenceText(folder) {
  const {
    name,
    version: packageVersion,
    license,
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${packageVersion} (${license})\n\n${text}\n`;
}

function writePackage(folder, inputs) {
  const description = 'Uploads recordings to a clipscribe server, and brings back MP3s and transcripts.';
  const manifest = {
    ...{ name: 'clipscribe', version, description, license: 'MIT', type: 'module' },
    ...{ bin: { clipscribe: 'bin/clipscribe.mjs' }, engines: { node: '>=20' } },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), licencesOf(inputs));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(here, 'bin/clipscribe.mjs'), join(folder, 'bin/clipscribe.mjs'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(root, 'docs/cli.md'), join(folder, 'README.md'));
}

const target = resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? '.');
const folder = mkdtempSync(join(tmpdir(), 'clipscribe-tarball-'));
try {
  writePackage(folder, await bundle(folder));
  const [command, ...first] = npmCommand();
  const args = [...first, 'pack', '--silent', '--pack-destination', target];
  const { status, stdout } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
  else process.stdout.write(`${join(target, stdout.trim())}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
