import { constants, copyFile, link, rm } from 'node:fs/promises';
import { errorCode } from './disk-errors.ts';

/** Another disk, a link that the system forbids, no more links possible: link(2). */
const unlinkable: readonly string[] = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];

/**
 * Gives a file a second name, for reading only: a hard link costs no time and no space. Where there can be none,
 * the bytes are copied, shared between both copies if the disk can do that. The target must not exist.
 */
export async function copyLocalFile(source: string, target: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await link(source, target);
  } catch (error) {
    if (!unlinkable.includes(errorCode(error) ?? '')) throw error;
    await copyBytes(source, target, signal);
  }
}

/** The system's copy cannot be interrupted, so an abort takes effect at its end. */
async function copyBytes(source: string, target: string, signal?: AbortSignal): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  if (signal?.aborted !== true) return;
  await rm(target, { force: true });
  signal.throwIfAborted();
}
