import { isId } from '@clipscribe/contracts';
import { access, constants, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The places of one file on the disk. */
export interface FilePaths {
  /** Folder of the finished files whose ids end alike. */
  shard: string;
  /** Folder of the files that are being written. */
  incoming: string;
  content: string;
  record: string;
  /** Where both grow before they are moved into place. */
  incomingContent: string;
  incomingRecord: string;
}

const SHARDS = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
const RECORD_ENDING = '.json';

/**
 * Where things are in the store's folder:
 *
 *     files/<last two characters of the id>/<id>        content
 *     files/<last two characters of the id>/<id>.json   record, moved in last: it makes the file exist
 *     incoming/<id>.part, incoming/<id>.json.part       what is being written
 *
 * All folders are made once, at the start: one that is missing later means that the disk is gone.
 */
export class StoreLayout {
  readonly incoming: string;
  readonly #files: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#files = join(folder, 'files');
    this.incoming = join(folder, 'incoming');
  }

  /** Makes the folders that are missing, durably. */
  async create(): Promise<void> {
    await mkdir(this.incoming, { recursive: true });
    await Promise.all(this.shards().map((shard) => mkdir(shard, { recursive: true })));
    await this.check();
    await syncFolder(this.#files);
    await syncFolder(this.#folder);
  }

  /** Rejects unless the folders are there and can be written. */
  async check(): Promise<void> {
    await access(this.incoming, constants.W_OK);
    await access(this.#files, constants.W_OK);
  }

  /** Null for anything that is no id in its canonical lower-case form, which therefore never becomes a path. */
  pathsOf(id: string): FilePaths | null {
    if (!isId(id) || id !== id.toLowerCase()) return null;
    const shard = join(this.#files, id.slice(-2));
    return {
      shard,
      incoming: this.incoming,
      content: join(shard, id),
      record: join(shard, `${id}${RECORD_ENDING}`),
      incomingContent: join(this.incoming, `${id}.part`),
      incomingRecord: join(this.incoming, `${id}${RECORD_ENDING}.part`),
    };
  }

  shards(): string[] {
    return SHARDS.map((name) => join(this.#files, name));
  }

  /** The ids of all records, sorted. */
  async recordedIds(): Promise<string[]> {
    const ids: string[] = [];
    for (const shard of this.shards()) {
      for (const name of await readdir(shard)) {
        if (name.endsWith(RECORD_ENDING)) ids.push(name.slice(0, -RECORD_ENDING.length));
      }
    }
    return ids.sort();
  }
}

/** Makes the names in a folder durable, as `fsync` of the files in it does not. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
