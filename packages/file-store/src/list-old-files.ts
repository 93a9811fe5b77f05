import { FileRecordError, readRecord } from './file-record.ts';
import type { StoredFile } from './file-store.ts';
import type { StoreLayout } from './store-layout.ts';

/**
 * Up to `limit` files made before `before` (ms since the epoch), by id, beginning behind the id `after`.
 * Only names are held in memory; records are read one after the other until the page is full.
 */
export async function listOldFiles(
  layout: StoreLayout,
  before: number,
  { after = '', limit }: { after?: string; limit: number },
): Promise<StoredFile[]> {
  const page: StoredFile[] = [];
  for (const id of await layout.recordedIds()) {
    if (page.length >= limit) break;
    if (id <= after) continue;
    const file = await readListed(layout, id);
    if (file !== null && file.createdAt <= before) page.push(file);
  }
  return page;
}

/** One damaged record must not hide all the files behind it; `stat` of its id tells what is wrong. */
async function readListed(layout: StoreLayout, id: string): Promise<StoredFile | null> {
  const paths = layout.pathsOf(id);
  try {
    return paths === null ? null : await readRecord(paths.record);
  } catch (error) {
    if (error instanceof FileRecordError) return null;
    throw error;
  }
}
