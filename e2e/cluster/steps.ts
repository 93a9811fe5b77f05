import { diagnose } from './diagnose.ts';
import type { Cluster } from './cluster.ts';

/** Prints what is done, with its time, and keeps count. */
export class Steps {
  failed = 0;
  passed = 0;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /**
   * One step of the run. What it returns is printed behind its time: figures, mostly. A failure is printed with the
   * events and logs around it, and the run goes on.
   * @returns whether it passed
   */
  async run(
    name: string,
    step: () => Promise<string | undefined>,
    cluster: Cluster = this.#cluster,
  ): Promise<boolean> {
    const startedAt = performance.now();
    const took = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`.padStart(8);
    try {
      const figures = await step();
      console.log(`ok      ${took()}  ${name}${typeof figures === 'string' ? `: ${figures}` : ''}`);
      this.passed += 1;
      return true;
    } catch (error) {
      console.log(`FAILED  ${took()}  ${name}: ${error instanceof Error ? error.message : String(error)}`);
      this.failed += 1;
      console.log(await diagnose(cluster).catch((problem: unknown) => `no diagnosis: ${String(problem)}`));
      return false;
    }
  }
}
