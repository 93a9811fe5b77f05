import { setTimeout as delay } from 'node:timers/promises';
import { terminalStates } from '@clipscribe/contracts';
import type { Cluster, Pod } from '../cluster.ts';
import { expectAllDone, submit, type Run } from '../run.ts';

const JOBS = 2;

/** Deletes the pods of one component in the middle of jobs. All jobs must come out as if nothing had been. */
export async function deletePods(run: Run, component: string): Promise<{ figures: string; ids: string[] }> {
  const { cluster, session } = run;
  const ids = await submit(run, JOBS);
  const [first = ''] = ids;
  await session.until(first, ({ state }) => state !== 'queued');
  const before = await cluster.pods(component);
  if (before.length === 0) throw new Error(`there is no pod of ${component}`);
  const job = await session.job(first);
  if (terminalStates.includes(job.state)) throw new Error('the job was over before the pod was deleted');
  await cluster.kubectl(['delete', 'pod', '--wait=false', ...before.map(({ metadata }) => metadata.name)]);
  await replaced(cluster, component, before);
  await expectAllDone(run, ids);
  return { figures: `deleted while ${job.state}, ${String(ids.length)} jobs done`, ids };
}

/** Until others are ready in the place of these. */
async function replaced(cluster: Cluster, component: string, before: readonly Pod[]): Promise<void> {
  const old = new Set(before.map(({ metadata }) => metadata.uid));
  const deadline = performance.now() + 180_000;
  for (;;) {
    const now = await cluster.pods(component);
    const isDone =
      now.length === before.length &&
      now.every(
        ({ metadata, status }) =>
          !old.has(metadata.uid) && status.containerStatuses?.every(({ ready }) => ready) === true,
      );
    if (isDone) return;
    if (performance.now() > deadline) throw new Error(`${component} did not come back`);
    await delay(500);
  }
}
