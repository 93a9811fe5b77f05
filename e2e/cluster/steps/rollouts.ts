import { expectAllDone, submit, type Run } from '../run.ts';
import { startSteadyLoad } from './steady-load.ts';

const LEAST_REQUESTS = 1000;
const JOBS = 3;

/** A new revision of one service while requests come and jobs are under way: no request fails, no job is lost. */
export async function rollOut(run: Run, component: string): Promise<{ figures: string; ids: string[] }> {
  const { cluster } = run;
  const { metadata } = await cluster.deployment(component);
  const stop = await startSteadyLoad(run, LEAST_REQUESTS);
  const ids = await submit(run, JOBS);
  const rollout = (async () => {
    await cluster.kubectl(['rollout', 'restart', `deployment/${metadata.name}`]);
    await cluster.rolledOut(`deployment/${metadata.name}`);
  })();
  await Promise.allSettled([rollout]);
  const { sent, failed, failures, slowestMs } = await stop();
  await rollout;
  if (failed > 0)
    throw new Error(`${String(failed)} of ${String(sent)} requests failed: ${failures.join('; ')}`);
  await expectAllDone(run, ids);
  const requests = `${String(sent)} requests, 0 failed, the slowest ${String(slowestMs)} ms`;
  return { figures: `${requests}; ${String(ids.length)} jobs done`, ids };
}
