import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@clipscribe/runtime';
import { diesWithParent } from './programs.ts';
import { standsStill } from './stands-still.ts';

const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 20_000;
const POLL_MS = 50;
const TAIL_LINES = 12;

export interface ServerCommand {
  /** What it is, for messages. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment; absent for our own. */
  env?: NodeJS.ProcessEnv;
  cwd: string;
  /** File that its output is appended to. */
  log: string;
  /** Loopback port that takes connections once the server is ready. */
  port: number;
}

/** What one start has in addition. */
export interface StartOptions {
  /** Come before the program's own arguments. */
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

/** One server program as our child, which can be killed and started again. */
export class ServerProcess {
  readonly #command: ServerCommand;
  #child: ChildProcess | null = null;

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** The loopback port that takes connections once it is ready. */
  get port(): number {
    return this.#command.port;
  }

  /** Resolves when the running program has ended: with its exit code, or null after a signal. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    if (!hasEnded(child)) await once(child, 'exit');
    return child.exitCode;
  }

  /**
   * Starts the program and waits until it takes connections.
   * @param extra what this start has in addition, and the next one has not
   * @throws StartError with the end of its log
   */
  async start(extra: StartOptions = {}): Promise<void> {
    const { name, log, port } = this.#command;
    const child = this.#spawn(extra);
    this.#child = child;
    const failure = once(child, 'error').then(([error]: unknown[]) => String(error));
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await takesConnections(port))) {
      const late = performance.now() > deadline;
      if (late || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        if (late) child.kill('SIGKILL');
        const why = child.pid === undefined ? await failure : late ? 'it took too long' : tail(log);
        throw new StartError(`${name} did not start, see ${log}:\n${why}`);
      }
      await delay(POLL_MS);
    }
  }

  #spawn(extra: StartOptions): ChildProcess {
    const { command, args, env = process.env, cwd, log } = this.#command;
    const [program = command, ...rest] = [...diesWithParent(), command, ...(extra.args ?? []), ...args];
    const output = openSync(log, 'a', 0o600);
    // A group of its own: Ctrl-C in the terminal is for us, who stop the servers in order.
    const options = { cwd, env: { ...env, ...extra.env }, detached: true };
    const child = spawn(program, rest, { ...options, stdio: ['ignore', output, output] });
    closeSync(output);
    return child;
  }

  /** Sends a signal; waits for what it means: the end, or standing still. */
  async signal(name: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || hasEnded(child)) return;
    child.kill(name);
    if (name === 'SIGSTOP') await standsStill(this.pid);
    if (name !== 'SIGKILL' && name !== 'SIGTERM') return;
    if (!hasEnded(child)) await once(child, 'exit');
    killGroup(child.pid);
  }

  /** Ends it in good order, by force when that takes too long. */
  async stop(): Promise<void> {
    const force = setTimeout(() => {
      void this.signal('SIGKILL');
    }, STOP_LIMIT_MS);
    // A stopped process does not see its SIGTERM.
    await this.signal('SIGCONT');
    await this.signal('SIGTERM');
    clearTimeout(force);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Helpers of the server go with it; there may be none. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
