import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { compileCache } from './compile-cache.mjs';
import { root } from './root.mjs';

/** Signals to pass on, and as what: a terminal that goes away asks for an orderly stop too. */
const passOn = { SIGINT: 'SIGINT', SIGTERM: 'SIGTERM', SIGHUP: 'SIGTERM' };

/** Signals that follow each other faster than this (ms) are one wish: no one presses Ctrl-C twice so quickly. */
const SAME_WISH_MS = 1000;

/**
 * Runs a program in a process group of its own, with our standard streams, until it ends.
 *
 * Ctrl-C under `npm start` reaches us twice: the terminal signals every process of the foreground group, and
 * npm signals its child once more. The group of its own keeps the program out of the first, and duplicates
 * are dropped here, so that the program gets one signal for one Ctrl-C and may take a second one seriously.
 *
 * With `ipc` the program has a channel to us that the system closes however we end. Its `disconnect` event
 * tells the program that nobody is left to stop it.
 *
 * @param {{ ipc?: boolean, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ code: number, pid: number, interrupted: boolean }>} the exit code, 128 + n after signal n as
 *   in a shell; `interrupted` when a signal was passed on
 */
export async function runInGroup(command, args, { ipc = false, env = process.env, ...options } = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(ipc ? ['ipc'] : [])];
  const child = spawn(command, args, {
    ...options,
    env: { ...compileCache(root, env), ...env },
    stdio,
    detached: true,
  });
  const signals = passSignalsTo(child);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
    });
    return { code, pid: child.pid, interrupted: signals.seen() };
  } finally {
    signals.stop();
  }
}

function passSignalsTo(child) {
  let lastAt;
  const listener = (signal) => {
    const isDuplicate = lastAt !== undefined && performance.now() - lastAt < SAME_WISH_MS;
    lastAt = performance.now();
    if (!isDuplicate) child.kill(passOn[signal]);
  };
  const names = Object.keys(passOn);
  for (const name of names) process.on(name, listener);
  return {
    seen: () => lastAt !== undefined,
    stop: () => {
      for (const name of names) process.off(name, listener);
    },
  };
}

/** Ends whatever a program has left running in its group. EPERM: nothing but a zombie, on some systems. */
export function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
