import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** What ends up in the page beside its own sources. */
const libraries = ['preact', '@preact/signals', 'tus-js-client', 'esbuild'];

/**
 * Tells one state of the page's sources, its build and the releases of its libraries from any other.
 * @param {string} folder that of this package
 * @returns {string} 64 hexadecimal digits
 */
export function fingerprint(folder) {
  const hash = createHash('sha256');
  for (const part of ['browser', 'build']) {
    for (const name of filesIn(join(folder, part))) {
      hash
        .update(`${part}/${name}\0`)
        .update(readFileSync(join(folder, part, name)))
        .update('\0');
    }
  }
  for (const name of libraries) hash.update(`${name}@${release(name)}\0`);
  // What the page takes from the contracts: tables of words and the types of answers.
  const contracts = join(folder, '..', 'contracts', 'src');
  for (const name of filesIn(contracts)) hash.update(readFileSync(join(contracts, name)));
  return hash.digest('hex');
}

/** `parentPath` has another name before Node 20.12. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/** Read from the manifest beside the entry point, since packages need not offer it to importers. */
function release(name) {
  const paths = require.resolve.paths(name) ?? [];
  const manifest = paths.map((path) => join(path, name, 'package.json')).find((path) => existsSync(path));
  return manifest === undefined ? 'none' : JSON.parse(readFileSync(manifest, 'utf8')).version;
}
