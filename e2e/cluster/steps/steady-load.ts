import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Run } from '../run.ts';

export interface LoadResult {
  sent: number;
  failed: number;
  /** Some of the failures. */
  failures: string[];
  slowestMs: number;
}

/** Ends it and tells what it saw. */
export type StopLoad = () => Promise<LoadResult>;

/**
 * Requests from a pod inside of the cluster, so that they go through the Service and not to one pod: half with a good
 * token, half with a new bad one, which the gateway has to ask auth about. They go on until stopped, at least `least`.
 */
export async function startSteadyLoad({ cluster, session }: Run, least: number): Promise<StopLoad> {
  const name = `clipscribe-load-${Date.now().toString(36)}`;
  const url = `http://${await cluster.service('gateway')}:8080`;
  const script = await readFile(new URL('load-in-pod.mjs', import.meta.url), 'utf8');
  const env = { LOAD_URL: url, LOAD_TOKEN: session.token, LOAD_LEAST: String(least) };
  const overrides = podOverrides(name, await gatewayImage(cluster), script, env);
  const args = ['run', name, '--stdin', '--attach', '--rm', '--quiet', '--restart=Never'];
  const child = spawn(
    cluster.kubectlCommand,
    [...args, '--namespace', cluster.namespace, '--image=unused', `--overrides=${JSON.stringify(overrides)}`],
    { env: cluster.env, stdio: 'pipe' },
  );
  const output = text(child.stdout);
  const errors = text(child.stderr);
  const closed = once(child, 'close');
  return async () => {
    child.stdin.end();
    await closed;
    const line = (await output).split('\n').find((one) => one.startsWith('{'));
    if (line === undefined) throw new Error(`the load said nothing: ${await errors}`);
    return JSON.parse(line) as LoadResult; // what load-in-pod.mjs prints
  };
}

async function gatewayImage(cluster: Run['cluster']): Promise<string> {
  const [pod] = await cluster.pods('gateway');
  const spec = (pod as { spec?: { containers: { image: string }[] } } | undefined)?.spec;
  const image = spec?.containers[0]?.image;
  if (image === undefined) throw new Error('the gateway has no pod');
  return image;
}

function podOverrides(name: string, image: string, script: string, env: Record<string, string>): object {
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = {
    ...{ name, image, stdin: true, stdinOnce: true, securityContext: restricted },
    command: ['node', '--input-type=module', '--eval', script],
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  };
  return { spec: { containers: [container], restartPolicy: 'Never', automountServiceAccountToken: false } };
}
