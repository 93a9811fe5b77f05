import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import type { LocalFile } from './local-file.ts';

/** The longest that a server can be told to keep an upload that nobody goes on with. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

const recordSchema = z.object({ path: z.string().regex(/^\/uploads\/[0-9a-f-]{36}$/), file: z.string() });

/** What is being uploaded, and to where: the same file, sent to the same server with the same options. */
export interface UploadKey {
  server: string;
  file: LocalFile;
  metadata: Readonly<Record<string, string>>;
}

/**
 * Where uploads under way stand on the server, so that the same command goes on with them after whatever ended it.
 * One file each, so that several commands do not get into each other's way.
 */
export class UploadRecords {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'uploads');
  }

  /** The path of the upload below the server's address. */
  async get(key: UploadKey): Promise<string | undefined> {
    const text = await readPrivateFile(this.#fileOf(key));
    try {
      return text === undefined ? undefined : recordSchema.parse(JSON.parse(text)).path;
    } catch {
      return undefined; // damaged: as good as none
    }
  }

  async put(key: UploadKey, path: string): Promise<void> {
    await writePrivateFile(this.#fileOf(key), `${JSON.stringify({ path, file: key.file.path })}\n`);
  }

  async remove(key: UploadKey): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
  }

  /** Removes those that the server has forgotten by now. */
  async prune(now: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => undefined);
      if (info !== undefined && info.mtimeMs < now - KEPT_MS) await rm(path, { force: true });
    }
  }

  #fileOf({ server, file: { path, bytes, mtimeMs }, metadata }: UploadKey): string {
    const key = JSON.stringify([server, path, bytes, mtimeMs, metadata]);
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}
