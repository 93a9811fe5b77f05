import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../../scripts/lib/compile-cache.mjs';
import { serviceStart } from '../../scripts/lib/service-start.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ServiceProcess {
  child: ChildProcess;
  pid: number;
  /** All that was printed so far. */
  output: () => { stdout: string; stderr: string };
  /** Resolves with the first match in standard output; rejects when the process ends before. */
  waitFor: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Sends a signal and resolves with the exit code (null when it was killed) once the process is gone. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** Resolves with the exit code when the process has ended. */
  exited: Promise<number | null>;
}

/** Starts a TypeScript main file as a process of its own, with this environment on top of a minimal one. */
export function startProcess(main: string, env: Record<string, string>): ServiceProcess {
  return startNode([main], env);
}

/** Starts a service as `npm start -w services/…` does, with the flags that its package.json names. */
export function startService(service: string, env: Record<string, string>): ServiceProcess {
  return startNode(serviceStart(root, service), env);
}

function startNode(args: readonly string[], env: Record<string, string>): ServiceProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
      ...compileCache(root),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    pid: child.pid ?? -1,
    output: () => ({ ...printed }),
    exited,
    waitFor: (pattern) => waitForOutput(child, printed, pattern),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

function waitForOutput(
  child: ChildProcess,
  printed: { stdout: string; stderr: string },
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const match = pattern.exec(printed.stdout);
      if (match !== null) resolve(match);
    };
    check();
    child.stdout?.on('data', check);
    child.once('close', (code) => {
      check();
      reject(
        new Error(
          `process ended with ${String(code)} before printing ${String(pattern)}: ${printed.stdout}${printed.stderr}`,
        ),
      );
    });
  });
}
