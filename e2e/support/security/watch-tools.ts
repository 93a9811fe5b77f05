import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 50;

export interface Peaks {
  /** The most memory that one process of a media tool ever had, in bytes. */
  memory: number;
  /** The most that lay in the temporary folder at one time, in bytes. */
  disk: number;
  /** Processes that were seen, so that it is known that somebody looked. */
  processes: number;
}

/** Looks twenty times a second at the media tools that work in a folder, and at what lies there. */
export class ToolWatch {
  readonly #folder: string;
  readonly #peaks: Peaks = { memory: 0, disk: 0, processes: 0 };
  readonly #seen = new Set<string>();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;

  /** `folder`: where the converter keeps what it works on (TEMP_DIR) */
  constructor(folder: string) {
    this.#folder = folder;
    this.#watching = this.#watch();
  }

  async stop(): Promise<Peaks> {
    this.#stop.abort();
    await this.#watching;
    return this.#peaks;
  }

  /** The ids of all processes that name something in the folder in their command. */
  async processes(): Promise<string[]> {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const named = await Promise.all(ids.map(async (id) => (await commandOf(id)).includes(this.#folder)));
    return ids.filter((_, index) => named[index] === true);
  }

  /** What lies in the folders of jobs. */
  async leftovers(): Promise<string[]> {
    const names = await readdir(this.#folder, { recursive: true });
    return names.filter((name) => /(^|\/)job-/.test(name));
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const processes = await this.processes();
      for (const id of processes) this.#seen.add(id);
      this.#peaks.processes = this.#seen.size;
      const memory = await Promise.all(processes.map(peakMemoryOf));
      this.#peaks.memory = Math.max(this.#peaks.memory, ...memory);
      this.#peaks.disk = Math.max(this.#peaks.disk, await sizeOf(this.#folder));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}

/** A process may end while it is looked at. */
async function commandOf(id: string): Promise<string> {
  return readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
}

/** The kernel remembers the peak, so that nothing is missed between two looks. */
async function peakMemoryOf(id: string): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.blocks ?? 0);
  return (await Promise.all(sizes)).reduce((sum, blocks) => sum + blocks * 512, 0);
}
