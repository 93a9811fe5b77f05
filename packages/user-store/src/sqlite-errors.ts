import { UnavailableError } from '@clipscribe/runtime';

/**
 * Primary result codes (https://sqlite.org/rescode.html) that are about reaching the database, not about the
 * statement: BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB.
 */
const UNREACHABLE: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 14, 15, 26]);

/** What a failed SQLite call means to users of the port. A full disk stays as it is: it has a name of its own. */
export function asStoreError(error: unknown): unknown {
  // By its form, not by class: errors of Node itself may come from another realm.
  if (typeof error !== 'object' || error === null) return error;
  // The lower byte is the primary code; the rest says more about it.
  const primary = 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const closed = 'code' in error && error.code === 'ERR_INVALID_STATE';
  return closed || UNREACHABLE.has(primary) ? new UnavailableError('user store', { cause: error }) : error;
}
