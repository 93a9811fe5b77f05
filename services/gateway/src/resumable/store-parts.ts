import { Readable } from 'node:stream';
import { filesOfUpload, newId, type UploadPart } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { HttpProblem } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { ByteSource } from './byte-source.ts';
import type { HeldUpload } from './held-upload.ts';

/** What a crash may cost of a request: the part under way. */
const MAX_PART_BYTES = 64 * 2 ** 20;
/** A last part smaller than this is stored anew with what follows, so that small requests make no endless list of parts. */
const MIN_PART_BYTES = 8 * 2 ** 20;

type Deps = Pick<GatewayDeps, 'files' | 'limits'>;

/**
 * Adds bytes to an upload, in parts each of which is safe before the next one begins. When the content ends early in
 * good order, what came is kept; when it fails, the part under way is not.
 * @param verify when given, nothing counts until it has not thrown at the end of the content
 * @throws HttpProblem UPLOAD_LOCKED when the upload was taken over
 */
export async function storeParts(
  { files, limits }: Deps,
  held: HeldUpload,
  content: AsyncIterable<Buffer>,
  verify?: () => void,
): Promise<void> {
  const source = new ByteSource(content);
  const written: string[] = [];
  let { parts } = held.upload;
  const count = async (): Promise<void> => {
    const ids = new Set(parts.map(({ fileId }) => fileId));
    await held.update((upload, now) => ({
      ...upload,
      parts,
      pending: filesOfUpload(upload).filter((id) => !ids.has(id)),
      expiresAt: now + limits.resumableMs,
    }));
  };
  try {
    while (await source.hasMore()) {
      const fileId = newId();
      written.push(fileId);
      parts = await storePart(files, held, parts, fileId, source);
      if (verify === undefined) await count();
    }
    if (verify === undefined) return;
    verify();
    await count();
  } catch (error) {
    if (isLockLost(error)) await removeUnnamed(files, written, held);
    throw error;
  }
}

/** The parts with one more, or with the last one replaced by a larger one. */
async function storePart(
  files: FileStore,
  held: HeldUpload,
  parts: readonly UploadPart[],
  fileId: string,
  source: ByteSource,
): Promise<UploadPart[]> {
  const last = parts.at(-1);
  const small = last !== undefined && last.bytes < MIN_PART_BYTES ? last : undefined;
  const { id, ownerId, name } = await held.update((upload) => ({
    ...upload,
    pending: [...upload.pending, fileId],
  }));
  const meta = { id: fileId, ownerId, jobId: id, kind: 'source', name } as const;
  const content = Readable.from(partContent(files, small, source), { objectMode: false });
  const { bytes } = await files.write({ ...meta, contentType: 'application/octet-stream' }, content);
  return [...(small === undefined ? parts : parts.slice(0, -1)), { fileId, bytes }];
}

async function* partContent(
  files: FileStore,
  small: UploadPart | undefined,
  source: ByteSource,
): AsyncGenerator<Buffer> {
  if (small !== undefined) yield* (await files.read(small.fileId)) as AsyncIterable<Buffer>; // a stream of bytes
  let room = MAX_PART_BYTES - (small?.bytes ?? 0);
  while (room > 0) {
    const chunk = await source.take(room);
    if (chunk === null) return;
    room -= chunk.length;
    yield chunk;
  }
}

/** Whoever has the upload now may have looked for leftovers before these were there. */
async function removeUnnamed(files: FileStore, written: readonly string[], held: HeldUpload): Promise<void> {
  const named = new Set(held.upload.parts.map(({ fileId }) => fileId));
  for (const id of written.filter((fileId) => !named.has(fileId)))
    await files.delete(id).catch(() => undefined); // found as orphaned later
}

function isLockLost(error: unknown): boolean {
  return error instanceof HttpProblem && error.code === 'UPLOAD_LOCKED';
}
