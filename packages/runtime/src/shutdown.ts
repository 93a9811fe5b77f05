import type { Log } from './log.ts';

/** The order of a stop: say so, take nothing new, finish what is under way, then let go of connections. */
export const phases = ['drain', 'intake', 'work', 'connections'] as const;
export type Phase = (typeof phases)[number];

const PHASE_TIMEOUT_MS: Readonly<Record<Phase, number>> = {
  drain: 2000,
  intake: 5000,
  work: 30_000,
  connections: 5000,
};

interface Step {
  phase: Phase;
  name: string;
  run: () => Promise<void> | void;
}

/** Collects what has to be stopped, and stops it in phases, each limited in time. */
export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #log: Log;
  #stopped: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Within a phase the newest step runs first, as with nested scopes. */
  add(phase: Phase, name: string, run: Step['run']): void {
    this.#steps.unshift({ phase, name, run });
  }

  /** Safe to call twice: the second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const phase of phases) {
      for (const step of this.#steps.filter((candidate) => candidate.phase === phase))
        await this.#runStep(step);
    }
  }

  async #runStep({ phase, name, run }: Step): Promise<void> {
    const limit = PHASE_TIMEOUT_MS[phase];
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => {
        resolve('timeout');
      }, limit);
    });
    try {
      const result = await Promise.race([Promise.resolve(run()), timeout]);
      if (result === 'timeout')
        this.#log.warn({ phase, step: name, limit }, 'stop step took too long, going on');
    } catch (error) {
      this.#log.error({ phase, step: name, err: error }, 'stop step failed, going on');
    } finally {
      clearTimeout(timer);
    }
  }
}
