import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { DigestStream } from './digest-stream.ts';
import type { FileMeta, StoredFile } from './file-store.ts';
import type { GridfsBucket } from './gridfs-bucket.ts';
import { CHUNK_BYTES } from './gridfs-documents.ts';
import { GridfsSink } from './gridfs-sink.ts';
import { GridfsWrite } from './gridfs-write.ts';

/** Two chunks on their way keep the server busy while the third is filled; more only cost memory. */
const SINK_OPTIONS = { chunkBytes: CHUNK_BYTES, blocks: 3 } as const;

/** How often a writer says that it lives, however slowly its source gives. */
const TOUCH_MS = 20_000;

/** Writes one file: nothing of it is visible before the end, and nothing is left of it after a failure. */
export async function writeGridfsFile(
  bucket: GridfsBucket,
  meta: FileMeta,
  content: Readable,
  signal?: AbortSignal,
): Promise<StoredFile> {
  const digest = new DigestStream();
  const write = new GridfsWrite(bucket, meta);
  const sink = new GridfsSink(write, SINK_OPTIONS);
  const touching = setInterval(() => {
    write.touch().catch((error: unknown) => sink.destroy(error as Error)); // the bucket rejects with errors only
  }, TOUCH_MS);
  try {
    // Nothing is awaited before this: an early error of the source would find no listener.
    await pipeline(content, digest, sink, signal === undefined ? {} : { signal });
    signal?.throwIfAborted();
    return await write.commit(digest.result());
  } catch (error) {
    await finished(sink).catch(() => undefined);
    await sink.settled();
    // What cannot be removed now is swept later; the first error is the one to report.
    await write.abandon().catch(() => undefined);
    throw error;
  } finally {
    clearInterval(touching);
  }
}
