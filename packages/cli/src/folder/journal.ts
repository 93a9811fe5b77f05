import { createHash } from 'node:crypto';
import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cannotWrite } from '../errors.ts';
import { readPrivateFile } from '../private-file.ts';
import type { LocalFile } from '../uploads/local-file.ts';

/** What became of one file: the job that it is, or why the server will not have it. */
const entrySchema = z.object({
  name: z.string(),
  bytes: z.int(),
  mtimeMs: z.number(),
  jobId: z.string().optional(),
  refused: z.string().optional(),
});
export type Entry = z.infer<typeof entrySchema>;

/** Remembers which files of a folder were uploaded to a server. Lines are only added, each of which is stored for good. */
export class Journal {
  readonly path: string;
  readonly #entries: Map<string, Entry>;

  private constructor(path: string, entries: Map<string, Entry>) {
    this.path = path;
    this.#entries = entries;
  }

  /** @param folder its real path */
  static async open(stateFolder: string, server: string, folder: string): Promise<Journal> {
    const hash = createHash('sha256').update(`${server}\n${folder}`).digest('hex').slice(0, 32);
    const path = join(stateFolder, 'folders', `${hash}.jsonl`);
    const lines = ((await readPrivateFile(path)) ?? '').split('\n');
    const entries = lines.map(parseLine).filter((entry) => entry !== undefined);
    return new Journal(path, new Map(entries.map((entry) => [keyOf(entry), entry])));
  }

  get(file: Pick<LocalFile, 'name' | 'bytes' | 'mtimeMs'>): Entry | undefined {
    return this.#entries.get(keyOf(file));
  }

  /** @throws CliError CANNOT_WRITE */
  async add(entry: Entry): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      // The line break comes first, so that a line that was cut off by a crash spoils no other.
      await appendFile(this.path, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
      const file = await open(this.path, 'r+');
      await file.sync().finally(() => file.close());
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
    this.#entries.set(keyOf(entry), entry);
  }
}

function keyOf({ name, bytes, mtimeMs }: Pick<Entry, 'name' | 'bytes' | 'mtimeMs'>): string {
  return JSON.stringify([name, bytes, mtimeMs]);
}

function parseLine(line: string): Entry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
