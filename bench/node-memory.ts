import { readFile } from 'node:fs/promises';

/** A running Node process whose inspector listens, as `--inspect=127.0.0.1:0` makes it. */
export interface WatchedProcess {
  name: string;
  pid: number;
  /** `ws://…`, as the process prints it. */
  inspector: string;
}

/** Bytes, right after a garbage collection. */
export interface NodeMemory {
  rss: number;
  /** What is alive on the heap, and in the buffers that belong to it. */
  alive: number;
}

export const inspectArgs: readonly string[] = ['--inspect=127.0.0.1:0'];

/** The inspector's address in what a process has printed; the last one, should it have been started again. */
export function inspectorIn(output: string): string {
  const url = [...output.matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
  if (url === undefined) throw new Error('the process does not name its inspector');
  return url;
}

/** Collects a process's garbage and says what is left. */
export async function memoryOf({ pid, inspector }: WatchedProcess): Promise<NodeMemory> {
  const socket = new WebSocket(inspector);
  try {
    await event(socket, 'open');
    await call(socket, 'HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await call(socket, 'Runtime.getHeapUsage');
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    const rss = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    return { rss, alive: Number(usedSize) + Number(backingStorageSize) };
  } finally {
    socket.close();
  }
}

/** https://chromedevtools.github.io/devtools-protocol/ */
async function call(socket: WebSocket, method: string): Promise<Record<string, unknown>> {
  const answered = event(socket, 'message');
  socket.send(JSON.stringify({ id: 1, method }));
  const answer = await answered;
  // Messages are text, by the protocol, and one call at a time makes it the answer to this one.
  const { result } = JSON.parse('data' in answer ? String(answer.data) : '') as {
    result: Record<string, unknown>;
  };
  return result;
}

function event(socket: WebSocket, name: 'open' | 'message'): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener('error', () => {
      reject(new Error('the inspector does not answer'));
    });
  });
}
