import { appendFileSync } from 'node:fs';
import type { Moment, Port, Stage } from './stages.ts';

/** A moment in a call, as the wrappers tell of it. */
export interface Reached {
  port: Port;
  method: string;
  moment: Moment;
  kind?: string | undefined;
}

/** Counts what is reached, and kills the process when it is all of the stages. */
export class Plan {
  readonly #missing: { stage: Stage; times: number }[];
  readonly #text: string;
  readonly #markFile: string;

  /** @param markFile gets a line when the process kills itself */
  constructor(stages: readonly Stage[], markFile: string) {
    this.#missing = stages.map((stage) => ({ stage, times: 0 }));
    this.#text = stages.map(({ text }) => text).join('+');
    this.#markFile = markFile;
  }

  /** True when something is planned for this method, so that it has to be wrapped. */
  concerns(port: Port, method: string): boolean {
    return this.#missing.some(({ stage }) => stage.port === port && stage.method === method);
  }

  /** True where one of the stages still to be reached is of this kind, whatever its count. */
  awaits(reached: Reached): boolean {
    return this.#missing.some(({ stage }) => isAt(stage, reached));
  }

  /** Does not return when this was the last stage. True when the caller is to be held here. */
  reach(reached: Reached): boolean {
    const index = this.#missing.findIndex((missing) => {
      if (!isAt(missing.stage, reached)) return false;
      missing.times += 1;
      return missing.times === missing.stage.nth;
    });
    if (index === -1) return false;
    this.#missing.splice(index, 1);
    if (this.#missing.length === 0) this.#die();
    return true;
  }

  /** As `reach`, for those who can wait. */
  async pass(reached: Reached): Promise<void> {
    if (this.reach(reached)) await new Promise<never>(() => undefined);
  }

  #die(): never {
    appendFileSync(this.#markFile, `${this.#text}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way; until it comes, not one more instruction of the service.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

function isAt(stage: Stage, { port, method, moment, kind }: Reached): boolean {
  if (stage.port !== port || stage.method !== method || stage.moment !== moment) return false;
  return stage.kind === undefined || stage.kind === kind;
}
