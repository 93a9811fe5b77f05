import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, CliError, systemCode } from '../errors.ts';

/**
 * Sees to it that one program at a time works on a folder: two would upload everything twice.
 * @returns what ends it
 * @throws CliError FOLDER_IN_USE
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (let tries = 0; ; tries += 1) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw cannotWrite(path, error);
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (tries > 0 || isRunning(holder)) {
      throw new CliError(
        'FOLDER_IN_USE',
        `clipscribe watch-folder is at this folder already (process ${holder})`,
      );
    }
    // Its holder was killed.
    await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
