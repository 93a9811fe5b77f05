import { UnavailableError } from '@clipscribe/runtime';
import {
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoStalePrimaryError,
  MongoSystemError,
  MongoTopologyClosedError,
} from 'mongodb';
import { UNAVAILABLE_CODES } from './unavailable-codes.ts';

const UNREACHABLE = [
  MongoNetworkError, // refused, reset, timed out, pool cleared
  MongoSystemError, // no server could be selected in time
  MongoNotConnectedError,
  MongoServerClosedError, // it has left the replica set
  MongoStalePrimaryError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoExpiredSessionError, // its client was closed meanwhile
] as const;

/** Classes that the driver does not export. */
const UNREACHABLE_NAMES: ReadonlySet<string> = new Set([
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
]);

/** The driver tells so by these labels that another try may work. */
const TRANSIENT_LABELS = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError'] as const;

const NETWORK_CALL = /^(connect|read|write|getaddrinfo|query\w+)$/;
const STREAM_CODES: ReadonlySet<string> = new Set([
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** E11000, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const DUPLICATE_KEY = 11000;

/**
 * What a failed MongoDB call means to the users of a port, whose database has the given role: UnavailableError when
 * the server could not be reached, did not answer in time, refused us, or could not keep its promise of durability.
 * The outcome of a write is then unknown. A mistake of ours, or a duplicate key, stays as it is.
 */
export function asMongoError(error: unknown, role: string): unknown {
  return isUnavailable(error) ? new UnavailableError(role, { cause: error }) : error;
}

/** True when a unique index has refused a write. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** True for errors that `asMongoError` maps. */
export function isUnavailable(error: unknown): boolean {
  if (UNREACHABLE.some((kind) => error instanceof kind)) return true;
  if (!(error instanceof MongoError)) return isOfNetwork(error);
  if (error instanceof MongoServerError && UNAVAILABLE_CODES.has(Number(error.code))) return true;
  return UNREACHABLE_NAMES.has(error.name) || TRANSIENT_LABELS.some((label) => error.hasErrorLabel(label));
}

/**
 * True for errors of Node itself that the driver lets through: of a `mongodb+srv:` name's look-up, and of writing to a
 * socket that the other side has just closed. By their form, since they may come from another realm.
 */
function isOfNetwork(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('syscall' in error && NETWORK_CALL.test(String(error.syscall))) return true;
  return 'code' in error && STREAM_CODES.has(String(error.code));
}
