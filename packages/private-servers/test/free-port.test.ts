import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '../src/free-port.ts';

/** So many that two of them would be the same by chance nearly always. */
const PORTS = 400;
const chooser = fileURLToPath(new URL('choose-ports.ts', import.meta.url));

/** Ports that a process of its own has chosen; it lives until it is told to end. */
async function chooseElsewhere(): Promise<{ ports: number[]; end: () => Promise<void> }> {
  const child = spawn(process.execPath, [chooser, String(PORTS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const end = async (): Promise<void> => {
    child.stdin.end();
    await once(child, 'exit');
  };
  return { ports: JSON.parse(line) as number[], end }; // printed by choose-ports.ts
}

// The names that keep ports apart are Linux's.
(process.platform === 'linux' ? describe : describe.skip)('free ports', () => {
  it('are given to one at a time, in one process and in several', async () => {
    const others = await Promise.all([chooseElsewhere(), chooseElsewhere()]);
    const own: number[] = [];
    for (let count = 0; count < PORTS; count += 1) own.push(await freePort());
    const all = [...own, ...others.flatMap(({ ports }) => ports)];
    expect(all).toHaveLength(3 * PORTS);
    expect(new Set(all).size).toBe(3 * PORTS);
    for (const { end } of others) await end();
  });
});
