import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder that is full after a megabyte. Only root may mount one; for everybody else its files are
 * `/dev/full`, which answers every write with the same error as a full disk does.
 */
export class TinyDisk {
  readonly folder: string;
  readonly isMounted: boolean;

  private constructor(folder: string, isMounted: boolean) {
    this.folder = folder;
    this.isMounted = isMounted;
  }

  static async open(): Promise<TinyDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-tiny-'));
    const options = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder];
    const isMounted =
      process.getuid?.() === 0 && spawnSync('mount', options, { stdio: 'ignore' }).status === 0;
    return new TinyDisk(folder, isMounted);
  }

  /** A path to write to. */
  async file(name: string): Promise<string> {
    const path = join(this.folder, name);
    if (!this.isMounted) await symlink('/dev/full', path);
    return path;
  }

  async close(): Promise<void> {
    if (this.isMounted) spawnSync('umount', [this.folder], { stdio: 'ignore' });
    await rm(this.folder, { recursive: true, force: true });
  }
}
