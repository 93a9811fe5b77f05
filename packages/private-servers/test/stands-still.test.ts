import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { standsStill } from '../src/stands-still.ts';

describe('standing still', () => {
  const itKnows = existsSync('/proc/self/task') ? it : it.skip;

  itKnows('begins when a process is stopped, not before', async () => {
    const busy = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const events: string[] = [];
    try {
      const still = standsStill(busy.pid ?? 0).then(() => events.push('still'));
      await once(spawn('sleep', ['0.1']), 'exit');
      events.push('signal');
      busy.kill('SIGSTOP');
      await still;
      expect(events).toEqual(['signal', 'still']);
    } finally {
      busy.kill('SIGKILL');
    }
  });

  it('is not waited for when the process has ended', async () => {
    await expect(standsStill(spawnSync('true').pid)).resolves.toBeUndefined();
  });
});
