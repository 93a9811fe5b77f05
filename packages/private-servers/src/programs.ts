import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers live that are not meant to be typed by users. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin'];

/** The path of the first of these programs that is on this system. */
export function findProgram(...names: readonly string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter(Boolean);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const deathSignal = ['setpriv', '--pdeathsig', 'TERM'];

let canDieWithParent: boolean | undefined;

/** Words to put before a command, so that it ends also when this process is killed; none where there is no way to. */
export function diesWithParent(): readonly string[] {
  const [setpriv = '', ...args] = deathSignal;
  canDieWithParent ??= spawnSync(setpriv, [...args, 'true'], { stdio: 'ignore' }).status === 0;
  return canDieWithParent ? deathSignal : [];
}
