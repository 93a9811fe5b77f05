import { createReadStream } from 'node:fs';
import { newId } from '@clipscribe/contracts';
import type { FileKind, FileStore, StoredFile } from '@clipscribe/file-store';
import type { WorkContext } from '@clipscribe/job-protocol';

/** Stores a local file as part of the job, to be removed again should the job not take it. */
export async function storeFile(
  files: FileStore,
  { job, lease, onDiscard }: WorkContext,
  path: string,
  meta: { kind: FileKind; name: string; contentType: string },
): Promise<StoredFile> {
  const id = newId();
  onDiscard(() => files.delete(id));
  const content = createReadStream(path, { highWaterMark: 2 ** 18 });
  return files.write({ id, ownerId: job.ownerId, jobId: job.id, ...meta }, content, lease.signal);
}
