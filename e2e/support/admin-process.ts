import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { npmCommand } from '../../scripts/lib/install-dependencies.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface AdminRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the operator's command line as the operator does: `npm run --silent admin -- …`. */
export async function runAdmin(
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<AdminRun> {
  const [command = 'npm', ...first] = npmCommand();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, [...first, 'run', '--silent', 'admin', '--', ...args], {
    cwd: root,
    env: { PATH, HOME, BCRYPT_COST: '10', ...env },
  });
  // A command that does not read its input may end before all of it is written.
  child.stdin.on('error', () => undefined).end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>, // the first argument of the event is the exit code
  ]);
  return { code, stdout, stderr };
}
