import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotRead, cannotWrite, systemCode } from './errors.ts';

const OTHERS = 0o077;

/**
 * The text of a file that nobody else may read, or undefined when there is none. If others could read it, they no
 * longer can.
 * @throws CliError CANNOT_READ
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    // Windows has no such bits, and shows all of them.
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw cannotRead(path, error);
  }
}

/**
 * Writes a file of mode 600 in a folder of mode 700: whole, or not at all, also when the machine stops in between.
 * @throws CliError CANNOT_WRITE
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}
