import { link, mkdir, rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { cannotWrite, systemCode } from '../errors.ts';

const MOST_NAMES = 10_000;

/**
 * Moves a file into a folder of the same file system. Where a file of the name is there already it gets a number.
 * @returns its new path
 * @throws CliError CANNOT_WRITE
 */
export async function moveInto(path: string, folder: string): Promise<string> {
  const ending = extname(path);
  const stem = basename(path, ending);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(folder, error);
  });
  for (let number = 1; ; number += 1) {
    const target = join(folder, number === 1 ? `${stem}${ending}` : `${stem} (${number})${ending}`);
    try {
      // Linking does not replace what is there.
      await link(path, target);
      await rm(path);
      return target;
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EEXIST' && number < MOST_NAMES) continue;
      if (code !== 'EPERM' && code !== 'ENOTSUP') throw cannotWrite(target, error);
      await rename(path, target);
      return target;
    }
  }
}
