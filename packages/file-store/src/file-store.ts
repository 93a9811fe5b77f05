import type { Readable } from 'node:stream';

export const fileKinds = ['source', 'audio', 'transcript', 'chunk', 'chunk-result'] as const;
export type FileKind = (typeof fileKinds)[number];

export interface FileMeta {
  id: string;
  ownerId: string;
  jobId: string;
  kind: FileKind;
  /** File name for downloads, without folders. */
  name: string;
  contentType: string;
}

export interface StoredFile extends FileMeta {
  bytes: number;
  /** Lower-case hexadecimal SHA-256 of the content. */
  sha256: string;
  /** ms since the epoch. */
  createdAt: number;
}

/** Bytes `start` to `end`, both inclusive and counted from 0, as in an HTTP range. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Asked for a file that is not in the store. */
export class FileMissingError extends Error {
  override readonly name = 'FileMissingError';
  readonly code = 'FILE_MISSING';
  readonly fileId: string;

  constructor(fileId: string, options: { cause?: unknown } = {}) {
    super(`no file ${fileId}`, options);
    this.fileId = fileId;
  }
}

/**
 * Large immutable files. Content is always a stream; memory use does not depend on a file's size.
 * Throws UnavailableError when the store cannot be reached, and ENOSPC as the system reports it.
 */
export interface FileStore {
  /**
   * Stores the stream under `meta.id` and resolves when it is durable. A stream that fails, or an abort,
   * rejects and leaves nothing that `stat` or `read` could see.
   */
  write: (meta: FileMeta, content: Readable, signal?: AbortSignal) => Promise<StoredFile>;
  stat: (id: string) => Promise<StoredFile | null>;
  /** Opens the content, from the middle where a range is given. @throws FileMissingError */
  read: (id: string, range?: ByteRange) => Promise<Readable>;
  /** Makes the content available at a local path, for reading only; the caller removes it. @throws FileMissingError */
  copyTo: (id: string, path: string, signal?: AbortSignal) => Promise<void>;
  /** Removes the file and what an interrupted write of it left; removing what is not there is no error. */
  delete: (id: string) => Promise<void>;
  /** Files older than `ageMs`, in the order of their ids, for the search for orphans. */
  listOlderThan: (ageMs: number, options: { after?: string; limit: number }) => Promise<StoredFile[]>;
  /** Removes what interrupted writes left more than `ageMs` ago; returns how many pieces. */
  sweepPartials: (ageMs: number) => Promise<number>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
}
