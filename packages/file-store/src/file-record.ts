import { idSchema } from '@clipscribe/contracts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from './disk-errors.ts';
import { fileKinds, type StoredFile } from './file-store.ts';

/** How a StoredFile is written next to its content; the record's presence is what makes a file exist. */
const recordSchema = z.object({
  id: idSchema,
  ownerId: z.string(),
  jobId: z.string(),
  kind: z.enum(fileKinds),
  name: z.string(),
  contentType: z.string(),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.number(),
});

/** A record is there but cannot be understood: the disk is damaged, or somebody edited the file. */
export class FileRecordError extends Error {
  override readonly name = 'FileRecordError';
  readonly code = 'FILE_RECORD_DAMAGED';

  constructor(place: string, options: { cause?: unknown } = {}) {
    super(`the file record ${place} is damaged`, options);
  }
}

export function serialiseRecord(file: StoredFile): string {
  return `${JSON.stringify(file)}\n`;
}

/** The record at `path`, or null when there is none. @throws FileRecordError, and errors of the disk as they are */
export async function readRecord(path: string): Promise<StoredFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  return parseRecord(path, () => JSON.parse(text));
}

/** What `read` gives, as a record; `place` is where it was found. @throws FileRecordError */
export function parseRecord(place: string, read: () => unknown): StoredFile {
  try {
    return recordSchema.parse(read());
  } catch (error) {
    throw new FileRecordError(place, { cause: error });
  }
}
