import { UnavailableError } from '@clipscribe/runtime';

const ROLE = 'user store';

/**
 * SQLSTATE classes that say something about the statement and its values: cardinality, data, constraint
 * (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html).
 */
const OUR_CLASSES: ReadonlySet<string> = new Set(['21', '22', '23']);

/** ER_BAD_FIELD_ERROR and ER_PARSE_ERROR: their class 42 is shared with missing rights, which are the operator's. */
const OUR_NUMBERS: ReadonlySet<unknown> = new Set([1054, 1064]);

/** ER_DUP_ENTRY */
const DUPLICATE = 1062;

/** ER_LOCK_DEADLOCK */
const DEADLOCK = 1213;

/** The database cannot be used at the moment, for whatever reason. */
export function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError(ROLE, { cause });
}

/**
 * What a failed statement means to the users of the store: mistakes of ours stay as they are; a connection that is
 * lost or silent, a server that stops, is read-only, is out of something or refuses us is an UnavailableError.
 */
export function asMysqlError(error: unknown): unknown {
  return isRefusal(error) || !isFromDriver(error) ? error : unavailable(error);
}

/** True when the server has understood the statement and refuses it for what it says: the connection is fine. */
export function isRefusal(error: unknown): boolean {
  if (!isObject(error) || typeof error['sqlState'] !== 'string') return false;
  return OUR_CLASSES.has(error['sqlState'].slice(0, 2)) || OUR_NUMBERS.has(error['errno']);
}

/** True when a row with the same key is there already. */
export function isDuplicate(error: unknown): boolean {
  return isObject(error) && error['errno'] === DUPLICATE;
}

/** True when a statement was rolled back because another one waited for it and it for the other, as `asMysqlError` says it. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && isObject(error.cause) && error.cause['errno'] === DEADLOCK;
}

/** Everything that has to do with a server has a code, or ends its connection; a TypeError of ours has neither. */
function isFromDriver(error: unknown): boolean {
  return isObject(error) && ('code' in error || error['fatal'] === true);
}

// By their form, not by class: the driver makes plain errors, and adds to them.
function isObject(error: unknown): error is Readonly<Record<string, unknown>> {
  return typeof error === 'object' && error !== null;
}
