import { setTimeout as delay } from 'node:timers/promises';
import { asError } from '../breaches.ts';
import type { ProcessName } from './fault-plan.ts';

/** A process that can be killed and started again. */
export interface Controlled {
  readonly pid: number;
  /** After SIGKILL and SIGTERM it resolves when the process has ended, after SIGSTOP when it stands still. */
  signal: (name: NodeJS.Signals) => Promise<void>;
  /** Resolves when it takes connections. */
  start: () => Promise<void>;
  /** Resolves when it has ended; with its exit code, where one is known. */
  ended: () => Promise<unknown>;
}

export interface TargetOptions {
  name: ProcessName;
  process: Controlled;
  /** True for the services, which have to stop in time and with code 0; what servers do is their makers' matter. */
  isService: boolean;
  /** Told of what no fault explains. */
  onBreach: (subject: string, what: string) => void;
  /** True while there is a reason for a start that fails, such as a full disk. */
  mayFailToStart?: () => boolean;
}

/** Services stop within the 42 s that their phases may last together (packages/runtime/src/shutdown.ts). */
const STOP_LIMIT_MS = 60_000;
/** What does not stop by then would be killed in production too. */
const SERVER_STOP_LIMIT_MS = 20_000;
const START_AGAIN_MS = 1000;
const MOST_STARTS = 30;

/** One process under fire. What happens to it happens one after the other. */
export class Target {
  readonly name: ProcessName;
  readonly #options: TargetOptions;
  /** How long each start took, in ms. */
  readonly starts: number[] = [];
  /** Its end, or its standing still, is our doing. */
  #isMeant = false;

  constructor(options: TargetOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** From now on, an end that nobody asked for is a breach, and it is started again. */
  watch(): void {
    void this.#options.process.ended().then(async (code) => {
      if (this.#isMeant) return;
      this.#options.onBreach(this.name, `ended by itself, with code ${String(code)}`);
      this.#isMeant = true;
      await this.#start();
    });
  }

  /** From now on its end is somebody else's doing. */
  leave(): void {
    this.#isMeant = true;
  }

  async kill(forMs: number): Promise<void> {
    await this.#end('SIGKILL');
    await delay(forMs);
    await this.#start();
  }

  async restart(forMs: number): Promise<void> {
    await this.#end('SIGTERM');
    await delay(forMs);
    await this.#start();
  }

  async standStill(forMs: number): Promise<void> {
    await this.#options.process.signal('SIGSTOP');
    await delay(forMs);
    await this.#options.process.signal('SIGCONT');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isMeant = true;
    const { process, isService, onBreach } = this.#options;
    const force = setTimeout(
      () => {
        if (isService) onBreach(this.name, `did not stop within ${STOP_LIMIT_MS / 1000} s after ${signal}`);
        void process.signal('SIGKILL');
      },
      isService ? STOP_LIMIT_MS : SERVER_STOP_LIMIT_MS,
    );
    await process.signal(signal);
    clearTimeout(force);
    const code = await process.ended();
    // Killed by a signal, there is no code.
    if (isService && typeof code === 'number' && code !== 0)
      onBreach(this.name, `ended with code ${code} after ${signal}`);
  }

  /** Again and again while there is a reason for failures; as Kubernetes does, which is no breach then. */
  async #start(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const begunAt = performance.now();
      const isExcused = this.#options.mayFailToStart?.() === true;
      try {
        await this.#options.process.start();
        this.starts.push(performance.now() - begunAt);
        break;
      } catch (error) {
        if (!isExcused && this.#options.mayFailToStart?.() !== true)
          this.#options.onBreach(this.name, asError(error).message);
        if (tries >= MOST_STARTS) throw error;
        await delay(START_AGAIN_MS);
      }
    }
    this.#isMeant = false;
    this.watch();
  }
}
