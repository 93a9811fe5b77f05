import { Readable } from 'node:stream';
import type { ByteRange } from './file-store.ts';
import type { GridfsBucket } from './gridfs-bucket.ts';
import type { ChunkDocument, FileDocument } from './gridfs-documents.ts';
import { readAhead } from './read-ahead.ts';

/** Bytes asked for at once, as whole chunks: few round trips, and little to hold for a client that is slow. */
const QUERY_BYTES = 2 * 1024 * 1024;

/** A file's content does not agree with its record: it was deleted meanwhile, or the database is damaged. */
export class FileContentError extends Error {
  override readonly name = 'FileContentError';
  readonly code = 'FILE_CONTENT_DAMAGED';

  constructor(id: string, n: number) {
    super(`chunk ${String(n)} of file ${id} is missing or damaged`);
  }
}

/**
 * The bytes of a file, or of a range of it. Every query is an index range of its own that ends with its answer, so a
 * reader that goes away leaves no cursor behind, and one that pauses for hours loses none.
 */
export function readGridfsFile(bucket: GridfsBucket, file: FileDocument, range?: ByteRange): Readable {
  // As bytes, so that what is read ahead is counted in bytes.
  return Readable.from(bytesOf(bucket, file, rangeWithin(Number(file.length), range)), {
    objectMode: false,
  });
}

function rangeWithin(length: number, { start, end }: ByteRange = { start: 0, end: Infinity }): ByteRange {
  return { start, end: Math.min(end, length - 1) };
}

async function* bytesOf(
  bucket: GridfsBucket,
  file: FileDocument,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (start > end) return;
  const { _id, chunkSize } = file;
  if (!(chunkSize >= 1)) throw new FileContentError(_id, 0);
  let n = Math.floor(start / chunkSize);
  for await (const chunks of readAhead(queries(bucket, file, { start, end }), 1)) {
    for (const chunk of chunks) {
      const data = checkedData(file, n, chunk);
      const offset = n * chunkSize;
      yield data.subarray(Math.max(start - offset, 0), end + 1 - offset);
      n += 1;
    }
  }
}

/** Each gives a place for every chunk of its part, empty where there is no such chunk. */
function* queries(
  bucket: GridfsBucket,
  { _id, chunkSize }: FileDocument,
  { start, end }: ByteRange,
): Generator<() => Promise<(ChunkDocument | undefined)[]>, void, undefined> {
  const beyond = Math.floor(end / chunkSize) + 1;
  const atOnce = Math.max(1, Math.floor(QUERY_BYTES / chunkSize));
  for (let first = Math.floor(start / chunkSize); first < beyond; first += atOnce) {
    const count = Math.min(atOnce, beyond - first);
    yield async () => {
      const found = await bucket.move(({ chunks }) =>
        chunks
          .find({ files_id: _id, n: { $gte: first, $lt: first + count } })
          .sort({ n: 1 })
          .limit(count)
          .toArray(),
      );
      return Array.from({ length: count }, (_, index) => found[index]);
    };
  }
}

/** @throws FileContentError unless this is the chunk with the number `n`, as long as it has to be */
function checkedData(
  { _id, length, chunkSize }: FileDocument,
  n: number,
  chunk: ChunkDocument | undefined,
): Uint8Array {
  const expected = Math.min(chunkSize, Number(length) - n * chunkSize);
  if (chunk?.n !== n || chunk.data.length() !== expected) throw new FileContentError(_id, n);
  return chunk.data.buffer.subarray(0, expected);
}
