import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cannotRead } from '../errors.ts';

/** A file as it was seen. */
export interface SeenFile {
  path: string;
  name: string;
  bytes: number;
  mtimeMs: number;
}

/** Tells which files are complete: those that have not changed for so long as we have been looking. */
export class CompleteFiles {
  readonly #folder: string;
  readonly #matches: (name: string) => boolean;
  readonly #settleMs: number;
  #since = new Map<string, { bytes: number; mtimeMs: number; at: number }>();

  constructor(folder: string, matches: (name: string) => boolean, settleMs: number) {
    this.#folder = folder;
    this.#matches = matches;
    this.#settleMs = settleMs;
  }

  /**
   * @param now ms that only grow
   * @returns the complete ones by name, and how many may still be growing
   * @throws CliError CANNOT_READ
   */
  async look(now: number): Promise<{ complete: SeenFile[]; growing: number }> {
    const seen = await this.#list();
    const before = this.#since;
    this.#since = new Map(
      seen.map(({ name, bytes, mtimeMs }) => {
        const last = before.get(name);
        const isSame = last?.bytes === bytes && last.mtimeMs === mtimeMs;
        return [name, { bytes, mtimeMs, at: isSame ? last.at : now }];
      }),
    );
    const complete = seen.filter(({ name }) => now - (this.#since.get(name)?.at ?? now) >= this.#settleMs);
    return { complete, growing: seen.length - complete.length };
  }

  async #list(): Promise<SeenFile[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      throw cannotRead(this.#folder, error);
    });
    const files = await Promise.all(names.filter(this.#matches).map((name) => this.#see(name)));
    // An empty file is one whose content is still to come.
    return files.filter((file) => file !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Undefined for folders and the like, and for what is gone again. */
  async #see(name: string): Promise<SeenFile | undefined> {
    const path = join(this.#folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined || !info.isFile() || info.size === 0) return undefined;
    return { path, name, bytes: info.size, mtimeMs: info.mtimeMs };
  }
}
