import { FileRecordError } from './file-record.ts';
import type { StoredFile } from './file-store.ts';
import type { GridfsBucket } from './gridfs-bucket.ts';
import { fromDocument, type FileDocument } from './gridfs-documents.ts';

/** Up to `limit` files made before `before` (database time), by id, beginning behind the id `after`. */
export async function listGridfsFiles(
  bucket: GridfsBucket,
  before: Date,
  { after = '', limit }: { after?: string; limit: number },
): Promise<StoredFile[]> {
  const page: StoredFile[] = [];
  let last = after;
  while (page.length < limit) {
    const wanted = limit - page.length;
    const documents = await bucket.run(({ files }) =>
      files
        .find({ _id: { $gt: last }, uploadDate: { $lte: before } })
        .sort({ _id: 1 })
        .limit(wanted)
        .toArray(),
    );
    page.push(...documents.flatMap(readListed));
    last = documents.at(-1)?._id ?? last;
    if (documents.length < wanted) break;
  }
  return page;
}

/** One damaged record, or one of somebody else's, must not hide all the files behind it. */
function readListed(document: FileDocument): StoredFile[] {
  try {
    return [fromDocument(document)];
  } catch (error) {
    if (error instanceof FileRecordError) return [];
    throw error;
  }
}
