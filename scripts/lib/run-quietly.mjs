import { spawnSync } from 'node:child_process';

const TAIL_LINES = 15;

/**
 * Runs a command to its end without showing its output.
 * @returns {{ ok: boolean, tail: string }} whether it exited with 0, and the last lines that it printed.
 */
export function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = result.error === undefined ? `${result.stdout}\n${result.stderr}` : result.error.message;
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return { ok: result.status === 0, tail: lines.slice(-TAIL_LINES).join('\n') };
}
