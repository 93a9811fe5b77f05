import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './fingerprint.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Where the built page is; nothing of it is in git. */
const target = join(folder, 'dist');

/**
 * Sees to it that the built page is there and made from the sources as they are. Reading them takes a few ms, building
 * about a second.
 * @returns {Promise<boolean>} true when it had to be built
 */
export async function ensurePage() {
  const wanted = fingerprint(folder);
  if (builtFrom() === wanted) return false;
  // Loaded only now: who has the page already, as an image has, needs no bundler.
  const { buildPage } = await import('./build-page.mjs');
  await buildPage({ folder, target, fingerprint: wanted });
  return true;
}

function builtFrom() {
  const manifest = join(target, 'manifest.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).fingerprint : undefined;
}
