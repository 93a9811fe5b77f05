import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '@clipscribe/runtime';

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const SECRET_BYTES = 48;

/** The folder that holds everything of a suite on embedded adapters, locked for one process. */
export class DataFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Takes the folder for this process. The lock is one of the system's on an open file, so it ends with the
   * process, however it ends.
   * @throws StartError when it cannot be written or another process has it
   */
  static open(path: string): DataFolder {
    try {
      mkdirSync(join(path, 'secrets'), { recursive: true, mode: 0o700 });
      const lock = new DatabaseSync(join(path, 'lock.db'));
      lock.exec(
        'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (x); COMMIT',
      );
      return new DataFolder(path, lock);
    } catch (error) {
      const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
      const what = busy ? 'is in use by another clipscribe; stop that one or' : 'cannot be written;';
      throw new StartError(`the data folder ${path} ${what} choose another with DATA_DIR=…`, {
        cause: error,
      });
    }
  }

  /** A random secret that is made once and kept, readable for its owner only. */
  secret(name: string, bytes = SECRET_BYTES): string {
    const kept = this.keptSecret(name);
    if (kept !== null) return kept;
    const secret = randomBytes(bytes).toString('base64url');
    writeFileSync(join(this.path, 'secrets', name), `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return secret;
  }

  /** A secret that is kept until it is dropped; null when there is none of this name. */
  keptSecret(name: string): string | null {
    const file = join(this.path, 'secrets', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  }

  dropSecret(name: string): void {
    rmSync(join(this.path, 'secrets', name), { force: true });
  }

  close(): void {
    this.#lock.close();
  }
}
