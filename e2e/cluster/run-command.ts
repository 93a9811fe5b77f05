import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A command that did not end with 0; the message has what it printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly stderr: string;

  constructor(command: string, code: number | null, stderr: string) {
    super(`${command} ended with ${String(code)}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

export interface Output {
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. @throws CommandError */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; input?: string; timeoutMs?: number },
): Promise<Output> {
  const child = spawn(command, args, {
    env: options.env,
    stdio: 'pipe',
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  child.stdin.on('error', () => undefined); // it may end without reading; its code tells
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new CommandError(`${command} ${args.slice(0, 4).join(' ')}`, code, stderr);
  return { stdout, stderr };
}
