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
      await file.writeFile(`${process.pid} ${await startOf(process.pid)}`);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw cannotWrite(path, error);
    }
    const [pid = '', start = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
    const holder = Number(pid);
    if (tries > 0 || (isRunning(holder) && start === (await startOf(holder)))) {
      throw new CliError(
        'FOLDER_IN_USE',
        `clipscribe watch-folder is at this folder already (process ${holder})`,
      );
    }
    // Its holder was killed.
    await rm(path, { force: true });
  }
}

/**
 * When a process began, where the system tells (proc(5), /proc/PID/stat, field 22), else nothing. After a restart of the
 * machine or of a container another process has the number of the one that was killed.
 */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is a name in brackets, with any characters in it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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
