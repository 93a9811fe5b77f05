import { UnavailableError } from './unavailable.ts';

/**
 * Primary result codes (https://sqlite.org/rescode.html) that are about reaching the database, not about the
 * statement: BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB.
 */
const UNREACHABLE: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 14, 15, 26]);

/**
 * What a failed SQLite call means to the users of a port, whose database has the given role. A full disk stays
 * as it is, since it has a name of its own, and so does a mistake of ours.
 */
export function asSqliteError(error: unknown, role: string): unknown {
  // By its form, not by class: errors of Node itself may come from another realm.
  if (typeof error !== 'object' || error === null) return error;
  // The lower byte is the primary code; the rest says more about it.
  const primary = 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const closed = 'code' in error && error.code === 'ERR_INVALID_STATE';
  return closed || UNREACHABLE.has(primary) ? new UnavailableError(role, { cause: error }) : error;
}
