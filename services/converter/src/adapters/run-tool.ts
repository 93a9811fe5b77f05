import { spawn } from 'node:child_process';

export interface ToolRun {
  code: number | null;
  /** Set when the tool was killed, by us, by a limit or by the system. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ToolOptions {
  /** Where it is started; confined, it sees no other folder with files of ours. */
  cwd?: string;
  signal?: AbortSignal;
  timeoutMs: number;
  /** Output beyond this is not kept and ends the tool; a media file can make a tool print without end. */
  maxOutputBytes?: number;
}

const MAX_OUTPUT_BYTES = 8 * 2 ** 20;

/** Kills the whole process group that a confined tool leads. One that has ended already is no error. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    tryKill(pid); // no group of its own on systems without setsid
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

/** Runs a tool to its end without a shell. Resolves for every exit code; rejects when it cannot be started. */
export async function runTool(command: readonly string[], options: ToolOptions): Promise<ToolRun> {
  options.signal?.throwIfAborted();
  const [program = '', ...args] = command;
  const place = options.cwd === undefined ? {} : { cwd: options.cwd };
  const child = spawn(program, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => {
    killGroup(child.pid);
  };
  const timer = setTimeout(kill, options.timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  const limit = options.maxOutputBytes ?? MAX_OUTPUT_BYTES;
  const [stdout, stderr] = [collect(child.stdout, limit, kill), collect(child.stderr, limit, kill)];
  try {
    const { code, signal } = await new Promise<Pick<ToolRun, 'code' | 'signal'>>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, exitSignal) => {
        resolve({ code: exitCode, signal: exitSignal });
      });
    });
    options.signal?.throwIfAborted();
    return { code, signal, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number, onOverflow: () => void): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= limit) pieces.push(piece);
    else onOverflow();
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
