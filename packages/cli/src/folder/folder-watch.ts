import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CompleteFiles, SeenFile } from './complete-files.ts';
import type { Journal } from './journal.ts';

/** Between two looks at the folder. Notifications of changes do not come from network file systems. */
const LOOK_MS = 1000;

/** What the server refuses for now, and what it cannot do now, is tried again after so long. */
const LATER_MS = 30_000;

/** Refusals that are about the moment, not about the file. */
const forNow = new Set([
  'TOO_MANY_JOBS',
  'MINUTES_USED_UP',
  'STORAGE_QUOTA_EXCEEDED',
  'STORAGE_FULL',
  'BUSY',
  'HTTP_429',
]);

export interface FolderWork {
  files: CompleteFiles;
  journal: Journal;
  /** Uploads a file and resolves with its job once that is certain; `done` follows when the journal knows it. */
  upload: (file: SeenFile) => Promise<{ jobId: string; forget: () => Promise<void> }>;
  /** A file that the journal knows, with its job: told in this run, or moved away. */
  done: (file: SeenFile, jobId: string, isNew: boolean) => Promise<void>;
  failed: (file: SeenFile, error: CliError, willRetry: boolean) => void;
  signal: AbortSignal;
}

/**
 * Uploads what becomes complete in a folder, each file once: the journal is written after the upload and before the
 * record of the upload is forgotten, so that a crash at any point uploads nothing twice.
 * @param once to end when every file was dealt with; else it goes on until the signal
 * @returns the error that counts, when there was one
 */
export async function watchFolder(work: FolderWork, once: boolean): Promise<CliError | undefined> {
  const { files, signal } = work;
  const later = new Map<string, number>();
  const settled = new Set<string>();
  let first: CliError | undefined;
  for (;;) {
    const { complete, growing } = await files.look(performance.now());
    for (const file of complete) {
      signal.throwIfAborted();
      const key = JSON.stringify([file.name, file.bytes, file.mtimeMs]);
      if (settled.has(key) || (later.get(key) ?? 0) > performance.now()) continue;
      const error = await handle(work, file, once);
      if (error === undefined || once || !isForLater(error)) settled.add(key);
      else later.set(key, performance.now() + LATER_MS);
      first ??= error;
    }
    if (once && growing === 0) return first;
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function handle(work: FolderWork, file: SeenFile, once: boolean): Promise<CliError | undefined> {
  const known = work.journal.get(file);
  if (known?.refused !== undefined) return undefined;
  try {
    if (known?.jobId !== undefined) {
      await work.done(file, known.jobId, false);
      return undefined;
    }
    const { jobId, forget } = await work.upload(file);
    const { name, bytes, mtimeMs } = file;
    await work.journal.add({ name, bytes, mtimeMs, jobId });
    await forget();
    await work.done(file, jobId, true);
    return undefined;
  } catch (error) {
    if (!(error instanceof CliError) || isEnd(error)) throw error;
    const willRetry = !once && isForLater(error);
    work.failed(file, error, willRetry);
    if (isRefusalOf(error)) await work.journal.add({ ...keyOf(file), refused: error.code });
    return error;
  }
}

function keyOf({ name, bytes, mtimeMs }: SeenFile): Pick<SeenFile, 'name' | 'bytes' | 'mtimeMs'> {
  return { name, bytes, mtimeMs };
}

/** No other file would fare better. */
function isEnd({ exitCode, code }: CliError): boolean {
  return exitCode === exitCodes.notLoggedIn || code === 'INVALID_OPTION' || code === 'WEBHOOK_URL_REFUSED';
}

function isForLater({ code, exitCode }: CliError): boolean {
  return forNow.has(code) || exitCode === exitCodes.unavailable || code === 'CANNOT_READ';
}

function isRefusalOf(error: CliError): boolean {
  return error.exitCode === exitCodes.refused && !forNow.has(error.code);
}
