import { Long, type Binary, type Collection, type Db, type ObjectId } from 'mongodb';
import { parseRecord } from './file-record.ts';
import type { FileMeta, StoredFile } from './file-store.ts';

/**
 * Bytes of a file in one document. Four times GridFS's default of 255 KiB, since a server's work for a document hardly
 * depends on its size; any client of GridFS reads it, for the size stands in the file's document. With what is
 * around the bytes, a document stays below 1 MiB.
 */
export const CHUNK_BYTES = 4 * 255 * 1024;

/**
 * What makes a file exist; in the form that GridFS prescribes
 * (https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md, "Definitions").
 */
export interface FileDocument {
  _id: string;
  /** Bytes; written as a 64-bit integer, and read as a number. */
  length: number | Long;
  chunkSize: number;
  /** When the file was complete, in database time. */
  uploadDate: Date;
  filename: string;
  metadata: Pick<FileMeta, 'ownerId' | 'jobId' | 'kind' | 'contentType'> & { sha256: string };
}

/** A piece of a file; all of them have `chunkSize` bytes, only the last may have fewer. */
export interface ChunkDocument {
  _id: ObjectId;
  files_id: string;
  /** Counted from 0. */
  n: number;
  data: Binary;
}

/** Something is going on with the chunks of this file: it is being written or removed, or that was interrupted. */
export interface WriteDocument {
  /** The id of the file. */
  _id: string;
  /** Whoever put it here last; the others have lost the file. */
  token: string;
  /** Database time. */
  touchedAt: Date;
  /** The file is to vanish. */
  isDoomed?: true;
}

/** The names are those that an operator sees. */
export interface GridfsCollections {
  files: Collection<FileDocument>;
  chunks: Collection<ChunkDocument>;
  writes: Collection<WriteDocument>;
}

export function collectionsOf(db: Db): GridfsCollections {
  return {
    files: db.collection('files.files'),
    chunks: db.collection('files.chunks'),
    writes: db.collection('files.writes'),
  };
}

/** Those of the GridFS specification, under the names that drivers give; `files.writes` is always small, and read by `_id`. */
export async function createIndexes(db: Db): Promise<void> {
  const { files, chunks } = collectionsOf(db);
  await chunks.createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]);
  await files.createIndexes([{ key: { filename: 1, uploadDate: 1 } }]);
}

export function toDocument(file: StoredFile): FileDocument {
  const { id, bytes, createdAt, name, ownerId, jobId, kind, contentType, sha256 } = file;
  return {
    _id: id,
    length: Long.fromNumber(bytes),
    chunkSize: CHUNK_BYTES,
    uploadDate: new Date(createdAt),
    filename: name,
    metadata: { ownerId, jobId, kind, contentType, sha256 },
  };
}

/** @throws FileRecordError when something else has written the document, or damaged it */
export function fromDocument(document: FileDocument): StoredFile {
  const { _id: id, length, uploadDate, filename, metadata } = document;
  return parseRecord(`of id ${id}`, () => ({
    ...metadata,
    id,
    name: filename,
    bytes: Number(length),
    createdAt: uploadDate.getTime(),
  }));
}
