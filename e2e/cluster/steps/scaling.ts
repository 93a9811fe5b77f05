import { setTimeout as delay } from 'node:timers/promises';
import { componentOf, type Cluster, type Deployment } from '../cluster.ts';
import { expectAllDone, submit, type Run } from '../run.ts';

const JOBS = 9;
const LIMIT_MS = 180_000;

/** The Deployment that converts, whether it also transcribes or not. */
export async function converterOf(cluster: Cluster): Promise<Deployment> {
  const found = (await cluster.list<Deployment>('deployments')).find((deployment) =>
    /^converter(-video)?$/.test(componentOf(deployment)),
  );
  if (found === undefined) throw new Error('the release has no converter');
  return found;
}

/** Until so many pods of a component are ready, and no others are left. */
export async function expectPods(cluster: Cluster, component: string, count: number): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const pods = await cluster.pods(component);
    const ready = pods.filter(({ status }) =>
      status.containerStatuses?.every((container) => container.ready),
    );
    if (pods.length === count && ready.length === count) return;
    if (performance.now() > deadline)
      throw new Error(
        `${String(ready.length)} of ${String(pods.length)} pods ready instead of ${String(count)}`,
      );
    await delay(500);
  }
}

/** 1 → 3 → 1 while there is work; nothing is lost on the way. */
export async function scaleUnderLoad(run: Run): Promise<{ figures: string; ids: string[] }> {
  const { cluster } = run;
  const converter = await converterOf(cluster);
  const name = `deployment/${converter.metadata.name}`;
  const scale = (replicas: number): Promise<string> =>
    cluster.kubectl(['scale', name, `--replicas=${String(replicas)}`]);
  const ids = await submit(run, JOBS);
  const startedAt = performance.now();
  await scale(3);
  await expectPods(cluster, componentOf(converter), 3);
  const upMs = performance.now() - startedAt;
  ids.push(...(await submit(run, 3)));
  await scale(1);
  await expectPods(cluster, componentOf(converter), 1);
  await expectAllDone(run, ids);
  return { figures: `${String(ids.length)} jobs done, three ready after ${(upMs / 1000).toFixed(1)} s`, ids };
}

/** What `kubectl scale` said is still so after an upgrade. */
export async function scaleSurvivesUpgrade({ cluster, chart }: Run): Promise<string> {
  const converter = await converterOf(cluster);
  const name = `deployment/${converter.metadata.name}`;
  await cluster.kubectl(['scale', name, '--replicas=3']);
  await cluster.deploy('upgrade', chart, ['logLevel=debug', 'mailpit.enabled=true']);
  await cluster.ready();
  await expectPods(cluster, componentOf(converter), 3);
  await cluster.kubectl(['scale', name, '--replicas=1']);
  await expectPods(cluster, componentOf(converter), 1);
  return '3 converters before and after';
}
