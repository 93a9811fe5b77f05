import { access } from 'node:fs/promises';
import { UnavailableError } from '@clipscribe/runtime';

/** What the system says when the disk or the folder behind the store is gone, broken or write-protected. */
const goneCodes: readonly string[] = [
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EROFS',
  'EIO',
  'ESTALE',
  'ENXIO',
  'ENODEV',
  'ENOTCONN',
];

/** The system's code of an I/O error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  // By its form, not by class: errors of Node itself may come from another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** An error of the disk as the port names it: unavailable, or unchanged (a full disk above all). */
export function asStoreError(error: unknown): unknown {
  const gone = goneCodes.includes(errorCode(error) ?? '');
  return gone ? new UnavailableError('file store', { cause: error }) : error;
}

/** Whether there is anything at `path`; a disk that cannot tell is an error. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw asStoreError(error);
  }
}
