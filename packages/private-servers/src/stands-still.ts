import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Resolves when no thread of a process that was sent SIGSTOP runs any more: on a busy machine it goes on answering for
 * a while after the signal. Where there is no /proc nobody can tell, and it resolves at once.
 */
export async function standsStill(pid: number): Promise<void> {
  const tasks = `/proc/${String(pid)}/task`;
  for (;;) {
    const threads = await readdir(tasks).catch(() => []);
    const states = await Promise.all(threads.map((thread) => stateOf(`${tasks}/${thread}/stat`)));
    if (states.every((state) => state !== 'runs')) return;
    await delay(POLL_MS);
  }
}

async function stateOf(path: string): Promise<'runs' | 'stopped' | 'gone'> {
  try {
    const stat = await readFile(path, 'utf8');
    // After the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    return /^[TtXZ]/.test(stat.slice(stat.lastIndexOf(')') + 2)) ? 'stopped' : 'runs';
  } catch {
    return 'gone';
  }
}
