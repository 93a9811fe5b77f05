import type { Cluster, Pod } from './cluster.ts';

const EVENTS = 30;
const LOG_LINES = 25;

/** What an operator would look at first: pods, the latest events, logs of what is not well. */
export async function diagnose(cluster: Cluster): Promise<string> {
  const [pods, wide, events] = await Promise.all([
    cluster.pods(),
    cluster.kubectl(['get', 'pods', '--output', 'wide']),
    cluster.kubectl(['get', 'events', '--sort-by=.lastTimestamp']),
  ]);
  const logs = await Promise.all(pods.filter(isUnwell).map((pod) => logsOf(cluster, pod)));
  const latest = events.trimEnd().split('\n').slice(-EVENTS).join('\n');
  return indent(['-- pods', wide, '-- events', latest, ...logs].join('\n'));
}

function isUnwell({ status }: Pod): boolean {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return (
    status.phase !== 'Running' || containers.some(({ ready, restartCount }) => !ready || restartCount > 0)
  );
}

async function logsOf(cluster: Cluster, { metadata: { name } }: Pod): Promise<string> {
  const tail = ['logs', name, '--all-containers', `--tail=${String(LOG_LINES)}`];
  const log = await cluster.kubectl(tail).catch((error: unknown) => String(error));
  const before = await cluster.kubectl([...tail, '--previous']).catch(() => '');
  return [`-- log of ${name}`, log, ...(before === '' ? [] : [`-- and before its last start`, before])].join(
    '\n',
  );
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
