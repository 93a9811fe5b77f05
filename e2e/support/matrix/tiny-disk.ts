import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

/**
 * Does something with a folder that is full after a megabyte. Only root may mount one: where that is not allowed it fails,
 * since a test that was left out would look like one that was passed.
 */
export async function withTinyDisk(folder: string, work: () => Promise<unknown>): Promise<void> {
  await mkdir(folder, { recursive: true });
  mount('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  try {
    await work();
  } finally {
    // Lazily: the process that used it may only just have ended.
    mount('umount', '--lazy', folder);
  }
}

function mount(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`a tmpfs of 1 MB is needed here, and only root may mount one: ${stderr.trim()}`);
}
