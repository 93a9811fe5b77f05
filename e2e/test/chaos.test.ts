import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { npmCommand } from '../../scripts/lib/install-dependencies.mjs';
import { describeOnServers } from '../support/platforms.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface ChaosRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `npm run chaos -- …`, as a developer calls it. */
async function runChaos(...args: readonly string[]): Promise<ChaosRun> {
  const [command = 'npm', ...first] = npmCommand();
  const { PATH = '', HOME = '', CI = '' } = process.env;
  const child = spawn(command, [...first, 'run', '--silent', 'chaos', '--', ...args], {
    cwd: root,
    env: { PATH, HOME, CI },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>; // exit code, null after a signal
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}

/** All that a run says which does not end well, the breaches and its errors before everything else. */
function whatIsWrong(stdout: string, stderr: string): string {
  const breaches = stdout.split('\n').filter((line) => line.includes(' BREACH '));
  return [...breaches, stderr, stdout].join('\n');
}

describe('npm run chaos', () => {
  it('explains itself, and refuses what it does not understand in one line', async () => {
    expect(await runChaos('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--kills N') });
    const { code, stderr } = await runChaos('--plan', '--kills', 'many');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'clipscribe: --kills must be a whole number from 0 to 10000, not many; see npm run chaos -- --help\n',
    );
  });

  it('prints the plan of a seed, the same one each time', async () => {
    const first = await runChaos('--plan', '--seed', 'one');
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(20);
    expect(await runChaos('--plan', '--seed', 'one')).toEqual(first);
  });
});

describeOnServers('random faults under load', () => {
  it.each([
    ['the same ones each time', 'every-build'],
    ['others each time', randomBytes(4).toString('hex')],
  ])(
    '%s: all promises hold (seed %s)',
    async (_which, seed) => {
      const { code, stdout, stderr } = await runChaos('--kills', '20', '--seed', seed);
      if (code !== 0)
        throw new Error(`npm run chaos -- --kills 20 --seed ${seed}\n${whatIsWrong(stdout, stderr)}`);
      expect(stdout).toMatch(/^breaches +0$/m);
      expect(stdout).toMatch(/^faults +20 of 20/m);
    },
    400_000,
  );
});
