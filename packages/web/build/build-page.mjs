import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const contentTypes = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
};

/** Browsers of the last three years: what they all have is not rewritten. */
const browsers = ['chrome115', 'firefox115', 'safari16.4'];

/**
 * Bundles the page into files that carry a hash of their content in their names, compresses each of them, and describes
 * them in `manifest.json`.
 * @param {{folder: string, target: string, fingerprint: string}} options `fingerprint` is kept in the manifest
 */
export async function buildPage({ folder, target, fingerprint }) {
  mkdirSync(join(target, '..', 'node_modules', '.cache'), { recursive: true });
  const unfinished = mkdtempSync(join(target, '..', 'node_modules', '.cache', 'page-'));
  const assets = [];
  const add = (name, bytes) => {
    assets.push(write(unfinished, name, bytes));
    return name;
  };
  try {
    const icon = add(...hashed('icon.svg', readFileSync(join(folder, 'browser', 'icon.svg'))));
    const bundled = await bundle(folder);
    const script = add(...hashed('app.js', bundled['.js']));
    const style = add(...hashed('app.css', bundled['.css']));
    const template = readFileSync(join(folder, 'browser', 'index.html'), 'utf8');
    const html = template.replace('{script}', script).replace('{style}', style).replace('{icon}', icon);
    add('index.html', Buffer.from(html));
    writeFileSync(join(unfinished, 'manifest.json'), JSON.stringify({ fingerprint, assets }, null, 2));
    // Folders of mkdtemp are for their maker alone; a server may run as somebody else.
    chmodSync(unfinished, 0o755);
    replace(target, unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @returns {Promise<Record<string, Uint8Array>>} the script and the style by their extensions */
async function bundle(folder) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'browser', 'main.tsx')],
    outdir: join(folder, 'dist'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: browsers,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    tsconfig: join(folder, 'tsconfig.json'),
    logLevel: 'warning',
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [extname(path), contents]));
}

function hashed(name, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const extension = extname(name);
  return [`${basename(name, extension)}-${hash}${extension}`, bytes];
}

function write(folder, name, bytes) {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, brotli));
  const tag = createHash('sha256').update(bytes).digest('hex');
  return { name, tag, contentType: contentTypes[extname(name)] };
}

/** Whoever reads meanwhile finds the old page or the new one; of two builders at once the last one wins. */
function replace(target, unfinished) {
  rmSync(target, { recursive: true, force: true });
  try {
    renameSync(unfinished, target);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}
