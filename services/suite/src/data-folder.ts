import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  secret(name: string): string {
    const file = join(this.path, 'secrets', name);
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
      return secret;
    }
  }

  close(): void {
    this.#lock.close();
  }
}
