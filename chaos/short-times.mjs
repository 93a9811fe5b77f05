/**
 * Preloaded into the services (`node --import`) for runs of minutes: leases, sweeps and the waits between attempts
 * become a fraction of what ships. Nothing else of the services is changed. What is not found as it is written here
 * stops the service, so that a change there cannot go unnoticed.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** By file: the line that is there, and the one that takes its place. */
const changes = {
  'packages/job-protocol/src/timing.ts': {
    'export const LEASE_MS = 60 * SECOND;': 'export const LEASE_MS = 20 * SECOND;',
    'export const RENEW_MS = 20 * SECOND;': 'export const RENEW_MS = 6 * SECOND;',
    'export const SWEEP_MS = 15 * SECOND;': 'export const SWEEP_MS = 5 * SECOND;',
  },
  'packages/runtime/src/retry.ts': {
    'const BACKOFF_MS = [30 * SECOND, 120 * SECOND, 600 * SECOND, 3600 * SECOND] as const;':
      'const BACKOFF_MS = [3 * SECOND, 6 * SECOND, 10 * SECOND, 15 * SECOND] as const;',
  },
};

const root = new URL('..', import.meta.url).href;

registerHooks({
  load: (url, context, nextLoad) => {
    const lines = url.startsWith(root) ? changes[url.slice(root.length)] : undefined;
    if (lines === undefined) return nextLoad(url, context);
    let source = readFileSync(fileURLToPath(url), 'utf8');
    for (const [line, shorter] of Object.entries(lines)) {
      if (!source.includes(`\n${line}\n`)) throw new Error(`${url} has no line: ${line}`);
      source = source.replace(line, shorter);
    }
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
