import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartError } from '@clipscribe/runtime';
import type { Workspace } from '../workspace.ts';

/**
 * Temporary folders, one a piece of work, under a folder of this process. The folder's name says which process
 * it belongs to, so that the next one removes what a killed one left.
 */
export class LocalWorkspace implements Workspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws StartError when the folder cannot be written */
  static async open(parent: string): Promise<LocalWorkspace> {
    try {
      await mkdir(parent, { recursive: true });
      await removeDeadFolders(parent);
      const folder = resolve(parent, await ownName());
      await mkdir(folder, { recursive: true });
      return new LocalWorkspace(folder);
    } catch (error) {
      throw new StartError(`cannot write to ${parent}; choose another folder with TEMP_DIR=…`, {
        cause: error,
      });
    }
  }

  async use<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.folder, 'job-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function ownName(): Promise<string> {
  return `process-${String(process.pid)}-${(await startTime(process.pid)) ?? 'unknown'}`;
}

async function removeDeadFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const match = /^process-(\d+)-(\w+)$/.exec(name);
    if (match === null || (await startTime(Number(match[1]))) === match[2]) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** When a process started, in clock ticks since boot (field 22 of proc(5) stat); null when there is none. */
async function startTime(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: fields are counted behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
