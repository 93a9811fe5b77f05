import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { JobFailure } from '@clipscribe/contracts';
import { FileMissingError, type FileStore } from '@clipscribe/file-store';
import { sourceFilesOf, sourceRead, type WorkContext } from '@clipscribe/job-protocol';

/**
 * Puts the recording under a local path; it is one file however many parts it was uploaded in.
 * @throws JobFailure SOURCE_MISSING
 */
export async function fetchSource(files: FileStore, context: WorkContext, input: string): Promise<void> {
  const { job, lease } = context;
  const parts = sourceFilesOf(job);
  try {
    if (parts.length === 1) await files.copyTo(job.source.fileId, input, lease.signal);
    else await joinParts(files, parts, context, input);
  } catch (error) {
    if (error instanceof FileMissingError) throw new JobFailure('SOURCE_MISSING', { cause: error });
    throw error;
  }
}

/** The bytes pass through here for the first time in one go, so that now their hash is known. */
async function joinParts(
  files: FileStore,
  parts: readonly string[],
  { job, lease }: WorkContext,
  input: string,
): Promise<void> {
  const hash = createHash('sha256');
  const file = await open(input, 'wx');
  let bytes = 0;
  async function* content(): AsyncGenerator<Buffer> {
    for (const part of parts) {
      for await (const chunk of await files.read(part)) {
        const piece = chunk as Buffer; // files.read gives streams of bytes
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    }
  }
  try {
    await pipeline(content(), file.createWriteStream(), { signal: lease.signal });
  } catch (error) {
    await rm(input, { force: true });
    throw error;
  }
  if (bytes !== job.source.bytes)
    throw new Error(`the parts have ${String(bytes)} bytes, not ${String(job.source.bytes)}`);
  if (job.source.sha256 === undefined) await lease.update(sourceRead(hash.digest('hex')), { redoable: true });
}
