import { spawnSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PIECE = Buffer.alloc(2 ** 18);

/** A small file system of its own, for what the converters keep while they work. */
export class TempSpace {
  readonly folder: string;
  readonly #filler: string;
  #isFull = false;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = join(folder, 'filler');
  }

  /** Null where this user may not mount anything. */
  static async mount(folder: string, bytes: number): Promise<TempSpace | null> {
    await mkdir(folder, { recursive: true });
    const args = ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'clipscribe-chaos', folder];
    return spawnSync('mount', args, { stdio: 'ignore' }).status === 0 ? new TempSpace(folder) : null;
  }

  /** True while it is full, or was until a moment ago. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Writes until there is no room for another byte. */
  async fill(): Promise<void> {
    this.#isFull = true;
    const file = await open(this.#filler, 'w');
    try {
      for (let bytes = PIECE.length; bytes > 0; bytes = bytes > 1 ? bytes / 4 : 0)
        while (await fits(file, PIECE.subarray(0, bytes)));
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#filler, { force: true });
    this.#isFull = false;
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.folder], { stdio: 'ignore' });
  }
}

async function fits(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<boolean> {
  try {
    await file.write(piece);
    return true;
  } catch {
    return false;
  }
}
