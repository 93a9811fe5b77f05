import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Pod } from '../cluster.ts';
import type { Run } from '../run.ts';
import { CommandError } from '../run-command.ts';

const LIMIT_MS = 120_000;
/** So long a pod is watched that must stay as it is. */
const WATCHED_MS = 60_000;
const WRONG = 'not-the-password-of-this-database';

/** A misspelt value is refused before anything is sent to the cluster. */
export async function misspeltValue({ cluster, chart }: Run): Promise<string> {
  try {
    await cluster.helm(['template', cluster.release, chart, '--set', 'components.gateway.replica=2']);
  } catch (error) {
    if (error instanceof CommandError && /replica\b/.test(error.stderr)) return 'refused by the schema';
    throw error;
  }
  throw new Error('helm took it');
}

/** The pods that need it say which secret is missing, and which key of it. */
export async function missingSecret(cluster: Cluster, chart: string): Promise<string> {
  await cluster.deploy('install', chart, [
    'mysql.enabled=false',
    'mysql.external.existingSecret=users-elsewhere',
    'mongodb.enabled=false',
    'mongodb.external.existingSecret=jobs-elsewhere',
    'rabbitmq.enabled=false',
    'rabbitmq.external.existingSecret=queue-elsewhere',
  ]);
  const says = (text: string): Promise<string[]> =>
    eventually(async () => {
      const waiting = (await cluster.pods('auth'))
        .flatMap(containersOf)
        .map(({ state }) => state?.waiting?.message ?? '');
      return waiting.filter((message) => message.includes(text));
    }, `the pod says nothing of ${text}`);
  const [first] = await says('secret "users-elsewhere" not found');
  // A secret of that name, with something else in it.
  await cluster.kubectl(['create', 'secret', 'generic', 'users-elsewhere', '--from-literal=URL=x']);
  const [second] = await says('key USERS_URL');
  return `"${first ?? ''}", then "${second ?? ''}"`;
}

/**
 * A password that the database does not take: the new pod is not ready, has a clear line in its log, and does not start
 * again and again; the old one goes on serving. Afterwards the release is as it was.
 */
export async function wrongCredentials({ cluster, chart, session }: Run): Promise<string> {
  const { metadata } = await cluster.deployment('auth');
  const name = `deployment/${metadata.name}`;
  const before = new Set((await cluster.pods('auth')).map((pod) => pod.metadata.uid));
  const findNew = async (): Promise<Pod[]> =>
    (await cluster.pods('auth')).filter((pod) => !before.has(pod.metadata.uid));
  try {
    await cluster.deploy('upgrade', chart, ['mailpit.enabled=true', `mysql.password.value=${WRONG}`]);
    await cluster.kubectl(['rollout', 'restart', name]);
    await eventually(async () => {
      const running = await findNew();
      return running.filter((pod) => containersOf(pod).some(({ state }) => state?.running !== undefined));
    }, 'no new pod of auth starts');
    await delay(WATCHED_MS);
    const verdict = await judge(cluster, (await findNew())[0]);
    await session.bytes('/me');
    return verdict;
  } finally {
    await cluster.helm(['rollback', cluster.release]);
    await cluster.kubectl(['rollout', 'restart', name]);
    await cluster.ready();
  }
}

async function judge(cluster: Cluster, pod: Pod | undefined): Promise<string> {
  if (pod === undefined) throw new Error('the new pod is gone');
  const containers = containersOf(pod);
  const restarts = Math.max(...containers.map(({ restartCount }) => restartCount));
  if (containers.some(({ ready }) => ready)) throw new Error('the pod is ready');
  if (restarts > 1) throw new Error(`the container was started again ${String(restarts)} times in a minute`);
  const log = await cluster.kubectl(['logs', pod.metadata.name]);
  const telling = log.split('\n').filter((line) => /denied|refused|credential|password/i.test(line));
  if (telling.length === 0) throw new Error(`the log does not tell why: ${log.slice(-500)}`);
  if (log.includes(WRONG)) throw new Error('the log has the password');
  return `${String(restarts)} restarts in a minute, "${telling[0]?.slice(0, 200) ?? ''}"`;
}

function containersOf({ status }: Pod): NonNullable<Pod['status']['containerStatuses']> {
  return status.containerStatuses ?? [];
}

async function eventually<T>(look: () => Promise<T[]>, otherwise: string): Promise<T[]> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found.length > 0) return found;
    if (performance.now() > deadline) throw new Error(otherwise);
    await delay(500);
  }
}
