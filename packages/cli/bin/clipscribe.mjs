#!/usr/bin/env node
/**
 * Starts clipscribe's command line. In a checkout that is the source, on Node 24, which `npm start` has fetched if need
 * be; where it was installed from a tarball it is one file of plain JavaScript, because Node strips no types under
 * node_modules.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bundle = new URL('../dist/main.mjs', import.meta.url);

if (!existsSync(source)) await import(bundle.href);
else if (Number(process.versions.node.split('.')[0]) >= 24)
  await import(new URL('../src/main.ts', import.meta.url).href);
else await runOnNode24();

/** With our terminal and in our process group: Ctrl-C reaches it from the terminal, other signals through us. */
async function runOnNode24() {
  const { compileCache } = await import('../../../scripts/lib/compile-cache.mjs');
  const { findNode24 } = await import('../../../scripts/lib/node24.mjs');
  const { root } = await import('../../../scripts/lib/root.mjs');
  const { runMain } = await import('../../../scripts/lib/setup-error.mjs');
  await runMain(() => {
    const args = [source, ...process.argv.slice(2)];
    // The channel closes when we are killed, and tells the program that nobody waits for it any more.
    const child = spawn(findNode24(root), args, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...compileCache(root), ...process.env },
    });
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  });
}
