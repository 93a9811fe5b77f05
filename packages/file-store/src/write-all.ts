import type { FileHandle } from 'node:fs/promises';

/** Writes all chunks from `position` (bytes) on: the system may take less than it is given, so the rest is offered again. */
export async function writeAll(
  file: Pick<FileHandle, 'writev'>,
  chunks: Buffer[],
  position: number,
): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let offset = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, offset);
    offset += bytesWritten;
    rest = without(rest, bytesWritten);
  }
}

/** The chunks behind the first `bytes` bytes. */
function without(chunks: Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  const first = chunks.findIndex((chunk) => {
    if (skip < chunk.length) return true;
    skip -= chunk.length;
    return false;
  });
  if (first === -1) return [];
  return chunks.slice(first).map((chunk, index) => (index === 0 ? chunk.subarray(skip) : chunk));
}
