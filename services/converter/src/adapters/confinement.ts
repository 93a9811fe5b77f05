import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@clipscribe/runtime';

export interface Confinement {
  /** Words put before a command: it then runs confined, in a process group of its own, in the same process id. */
  prefix: readonly string[];
  /** What this system cannot do, for one line in the log. */
  missing: readonly string[];
}

const GIB = 2 ** 30;

/** Limits for one run of a media tool; a conversion of the longest allowed recording stays well below. */
const limits = [
  `--as=${String(6 * GIB)}`, // bytes of address space
  '--cpu=7200', // seconds of processor time
  `--fsize=${String(4 * GIB)}`, // bytes in one written file
  '--nofile=64',
  '--core=0',
];

/** Each layer runs the next one in its place. The death signal is set inside the namespace, which would clear it. */
const layers: readonly { name: string; words: readonly string[] }[] = [
  { name: 'own process group', words: ['setsid'] },
  // Whoever waits for an answer of the API, on the same machine, goes before whoever waits for an MP3.
  { name: 'lower priority', words: ['nice', '-n', '5'] },
  { name: 'no network', words: ['unshare', '--user', '--map-current-user', '--net'] },
  { name: 'death with the parent', words: ['setpriv', '--pdeathsig', 'KILL'] },
  { name: 'resource limits', words: ['prlimit', ...limits, '--'] },
];

/** Finds out which layers this system allows. A pod without user namespaces relies on its own limits. */
export function findConfinement(): Confinement {
  const prefix: string[] = [];
  const missing: string[] = [];
  for (const { name, words } of layers) {
    const [command, ...args] = [...prefix, ...words, 'true'];
    if (spawnSync(command, args, { stdio: 'ignore', timeout: 5000 }).status === 0) prefix.push(...words);
    else missing.push(name);
  }
  return { prefix, missing };
}

/** Writes an executable file that runs `tool` confined, for callers that can name only one program. */
export async function writeLauncher(folder: string, tool: string, { prefix }: Confinement): Promise<string> {
  const path = join(folder, `confined-${tool}`);
  const words = [...prefix, tool].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
    await chmod(path, 0o700);
  } catch (error) {
    throw new StartError(`cannot write to ${folder}; choose another folder with TEMP_DIR=…`, {
      cause: error,
    });
  }
  return path;
}
