import type { Readable } from 'node:stream';
import { FileMissingError, type ByteRange, type FileStore, type StoredFile } from '@clipscribe/file-store';
import { HttpProblem } from '@clipscribe/runtime';
import type { Content } from './send-content.ts';

/** A stored file as it is. @throws HttpProblem NOT_FOUND when it has just been deleted */
export async function fileContent(files: FileStore, fileId: string): Promise<Content> {
  const file = await files.stat(fileId);
  if (file === null) throw noSuchFile();
  return asContent(files, file);
}

function asContent(files: FileStore, file: StoredFile): Content {
  return {
    bytes: file.bytes,
    tag: file.sha256,
    contentType: file.contentType,
    name: file.name,
    modifiedAt: file.createdAt,
    open: (range) => openFile(files, file.id, range),
  };
}

/** Opens a stored file. @throws HttpProblem NOT_FOUND when it has just been deleted */
export async function openFile(files: FileStore, id: string, range?: ByteRange): Promise<Readable> {
  try {
    return await files.read(id, range);
  } catch (error) {
    throw error instanceof FileMissingError ? noSuchFile() : error;
  }
}

export function noSuchFile(): HttpProblem {
  return new HttpProblem(
    'NOT_FOUND',
    'You have no file with this id, or it was kept for its time. GET /jobs lists your jobs with their files.',
  );
}
