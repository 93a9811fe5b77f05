import type { ProblemCode } from '@clipscribe/contracts';
import type { exitCodes, ExitCode } from './exit-codes.ts';
import { exitCodes as codes } from './exit-codes.ts';

/** Codes of our own; the server's are those of its problems. */
export type OwnCode =
  | 'BAD_ANSWER'
  | 'CANNOT_READ'
  | 'CANNOT_WRITE'
  | 'FILE_CHANGED'
  | 'FILE_EXISTS'
  | 'FOLDER_IN_USE'
  | 'INTERNAL'
  | 'INTERRUPTED'
  | 'JOB_NOT_DONE'
  | 'NOT_A_FILE'
  | 'NOT_LOGGED_IN'
  | 'REDIRECTED'
  | 'UNREACHABLE'
  | 'USAGE';

interface Details {
  exitCode?: ExitCode;
  /** The HTTP status, where a server has answered. */
  status?: number;
  /** How long the server asked us to wait, in ms. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** Something that the user is told in one line. The message is a sentence without the names of places in code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** One of `OwnCode`, or the code of a server's problem, which may be newer than this program. */
  readonly code: OwnCode | ProblemCode | (string & {});
  readonly exitCode: ExitCode;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: CliError['code'], message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.exitCode = details.exitCode ?? codes.failed;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** For what was told already, item by item: only the exit code is left to say. */
export class AlreadyTold extends Error {
  override readonly name = 'AlreadyTold';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super('told already');
    this.exitCode = exitCode;
  }
}

/** An error as scripts get it. */
export interface ErrorView {
  code: string;
  detail: string;
  exitCode: (typeof exitCodes)[keyof typeof exitCodes];
  status?: number;
}

export function errorView(error: unknown): ErrorView {
  const { code, message, exitCode, status } = asCliError(error);
  return { code, detail: message, exitCode, ...(status === undefined ? {} : { status }) };
}

/** One line: what is wrong, and the code to look it up by. */
export function errorText(error: unknown): string {
  const { message, code } = asCliError(error);
  return `${message.replace(/\s*\n\s*/g, ' ')} (${code})`;
}

/** Any thrown value as a CliError. Errors of the file system are told by path and reason. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (isSystemError(error) && error.path !== undefined) {
    const code = error.syscall === 'read' || error.syscall === 'scandir' ? 'CANNOT_READ' : 'CANNOT_WRITE';
    return new CliError(code, `${error.path}: ${reasonOf(error)}`, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliError('INTERNAL', `something unexpected happened: ${message}`, { cause: error });
}

export function cannotRead(path: string, error: unknown): CliError {
  return new CliError('CANNOT_READ', `${path} cannot be read: ${reasonOf(error)}`, { cause: error });
}

export function cannotWrite(path: string, error: unknown, hint = ''): CliError {
  return new CliError('CANNOT_WRITE', `${path} cannot be written: ${reasonOf(error)}${hint}`, {
    cause: error,
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file is larger than this system allows',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EXDEV: 'it is on another file system',
};

function reasonOf(error: unknown): string {
  if (isSystemError(error)) return reasons[error.code ?? ''] ?? error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Asked by form: an error of another realm is no instance of our Error. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

/** The code of a system error, such as ENOENT; undefined for everything else. */
export function systemCode(error: unknown): string | undefined {
  return isSystemError(error) ? error.code : undefined;
}
