import { open, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { problems } from '@clipscribe/contracts';
import { cannotRead, CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** A file as it was when it was looked at; a change of size or time makes it another one. */
export interface LocalFile {
  /** As the user wrote it. */
  given: string;
  /** Without symbolic links, so that one file has one upload by whatever name. */
  path: string;
  name: string;
  bytes: number;
  mtimeMs: number;
}

/** @throws CliError when it is no file that can be uploaded */
export async function lookAtFile(given: string): Promise<LocalFile> {
  let path: string;
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    path = await realpath(given);
    info = await stat(path);
    if (info.isFile()) await (await open(path)).close();
  } catch (error) {
    throw cannotRead(given, error);
  }
  if (info.isDirectory()) {
    const detail = `${given} is a folder; clipscribe watch-folder --once uploads what is in it`;
    throw new CliError('NOT_A_FILE', detail);
  }
  if (!info.isFile()) throw new CliError('NOT_A_FILE', `${given} is not a file`);
  if (info.size === 0) {
    // What the server would answer, without asking it.
    const details = { exitCode: exitCodes.refused, status: problems.EMPTY_FILE.status };
    throw new CliError('EMPTY_FILE', `${given} is empty`, details);
  }
  return { given, path, name: basename(given), bytes: info.size, mtimeMs: info.mtimeMs };
}

/** @throws CliError FILE_CHANGED when it is no longer as it was */
export async function requireUnchanged(file: LocalFile): Promise<void> {
  const now = await stat(file.path).catch((error: unknown) => {
    throw cannotRead(file.given, error);
  });
  requireSame(file, now);
}

/** @throws CliError FILE_CHANGED when the file is not as it was */
export function requireSame(
  { given, bytes, mtimeMs }: LocalFile,
  now: { size: number; mtimeMs: number },
): void {
  if (now.size !== bytes || now.mtimeMs !== mtimeMs) throw fileChanged(given);
}

export function fileChanged(given: string): CliError {
  return new CliError(
    'FILE_CHANGED',
    `${given} was changed while it was being uploaded; upload it again when it is complete`,
  );
}
