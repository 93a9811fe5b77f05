import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { DigestStream } from './digest-stream.ts';
import { asStoreError, errorCode, exists } from './disk-errors.ts';
import { DurableFileSink } from './durable-file-sink.ts';
import { serialiseRecord } from './file-record.ts';
import { FileExistsError } from './file-exists-error.ts';
import type { FileMeta, StoredFile } from './file-store.ts';
import { syncFolder, type FilePaths } from './store-layout.ts';

/** Writes one file: nothing of it is visible before the end, and nothing is left of it after a failure. */
export async function writeLocalFile(
  meta: FileMeta,
  content: Readable,
  { paths, signal }: { paths: FilePaths; signal: AbortSignal | undefined },
): Promise<StoredFile> {
  const digest = new DigestStream();
  const sink = new DurableFileSink(() => claim(paths));
  try {
    // Nothing is awaited before this: an early error of the source would find no listener.
    await pipeline(content, digest, sink, signal === undefined ? {} : { signal });
    const { id, ownerId, jobId, kind, name, contentType } = meta;
    const file = { id, ownerId, jobId, kind, name, contentType, ...digest.result(), createdAt: Date.now() };
    signal?.throwIfAborted();
    await commit(file, paths);
    return file;
  } catch (error) {
    await finished(sink).catch(() => undefined);
    // What cannot be removed now has no record, or is swept later; the first error is the one to report.
    if (sink.opened) await removeLocalFile(paths).catch(() => undefined);
    throw error;
  }
}

/** Removes every piece of a file; the record goes before the content, so that no reader sees half of it. */
export async function removeLocalFile(paths: FilePaths): Promise<void> {
  for (const path of [paths.incomingContent, paths.incomingRecord, paths.record, paths.content]) {
    await rm(path, { force: true });
  }
}

/** Opens the file to grow. Whoever has it open owns the id, so the second look cannot be overtaken. */
async function claim(paths: FilePaths): Promise<FileHandle> {
  const file = await open(paths.incomingContent, 'wx').catch((error: unknown) => {
    if (errorCode(error) === 'EEXIST') throw new FileExistsError(paths.incomingContent, { cause: error });
    throw asStoreError(error);
  });
  if (!(await exists(paths.content)) && !(await exists(paths.record))) return file;
  await file.close();
  await rm(paths.incomingContent, { force: true });
  throw new FileExistsError(paths.content);
}

/** The content is on the disk; gives it its name, and then its record, which makes the file exist. */
async function commit(file: StoredFile, paths: FilePaths): Promise<void> {
  try {
    await writeDurably(paths.incomingRecord, serialiseRecord(file));
    await rename(paths.incomingContent, paths.content);
    await rename(paths.incomingRecord, paths.record);
    await syncFolder(paths.shard);
    await syncFolder(paths.incoming);
  } catch (error) {
    throw asStoreError(error);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
