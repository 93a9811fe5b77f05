import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '@clipscribe/runtime';

export interface Confinement {
  /**
   * Words put before a command: it then runs confined, in a process group of its own, in the same process id. It sees
   * the folder that it is started in, and no other files but programs and libraries.
   */
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

const CONFINE_FILES = fileURLToPath(new URL('./confine-files.pl', import.meta.url));
const TOOLS = ['ffmpeg', 'ffprobe', 'pocketsphinx_continuous'];

interface Layer {
  name: string;
  words: readonly string[];
  /** What must run under it; a program that does nothing, unless said otherwise. */
  probe?: readonly string[];
}

/** Each layer runs the next one in its place. The death signal is set inside the namespace, which would clear it. */
function layers(readable: readonly string[]): Layer[] {
  return [
    { name: 'no variables of ours', words: ['env', '-i', ...variables()] },
    { name: 'own process group', words: ['setsid'] },
    // Whoever waits for an answer of the API, on the same machine, goes before whoever waits for an MP3.
    { name: 'lower priority', words: ['nice', '-n', '5'] },
    { name: 'no network', words: ['unshare', '--user', '--map-current-user', '--net'] },
    { name: 'death with the parent', words: ['setpriv', '--no-new-privs', '--pdeathsig', 'KILL'] },
    { name: 'resource limits', words: ['prlimit', ...limits, '--'] },
    {
      name: 'no other files',
      words: ['perl', CONFINE_FILES, ...readable, '--'],
      probe: ['ffmpeg', '-version'], // one that keeps its libraries in a place of its own is not stopped by this
    },
  ];
}

/** What programs need to be found and to start. Everything else may be a secret, such as the addresses of the servers. */
function variables(): string[] {
  return ['PATH', 'LD_LIBRARY_PATH'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
}

/**
 * Finds out which layers this system allows. A pod without user namespaces relies on its own limits.
 * @param readable what else the tools may read, such as the models of a speech engine
 */
export function findConfinement(readable: readonly string[] = []): Confinement {
  const prefix: string[] = [];
  const missing: string[] = [];
  for (const { name, words, probe = ['true'] } of layers([...placesOf(TOOLS), ...readable])) {
    const [command, ...args] = [...prefix, ...words, ...probe];
    if (spawnSync(command ?? '', args, { stdio: 'ignore', timeout: 5000 }).status === 0)
      prefix.push(...words);
    else missing.push(name);
  }
  return { prefix, missing };
}

/** Where the tools really are, for those that are not among the programs of the system. */
function placesOf(tools: readonly string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = tools.flatMap((tool) => folders.map((folder) => join(folder, tool)).find(existsSync) ?? []);
  return places.map((place) => realpathSync(place)).filter((place) => !place.startsWith('/usr/'));
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
