import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster.ts';

const KINDS =
  'all,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,persistentvolumeclaims,roles,rolebindings,ingresses';
/** What holds data, and the secrets that open it. */
const MEANT_TO_STAY = /^(persistentvolumeclaim|secret)\//;
const LIMIT_MS = 120_000;

/** After `helm uninstall` nothing is left but what is meant to stay. @returns its names */
export async function uninstall(cluster: Cluster): Promise<string> {
  await cluster.helm(['uninstall', cluster.release]);
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const left = await namesOf(cluster);
    const wrong = left.filter((name) => !MEANT_TO_STAY.test(name));
    if (wrong.length === 0) return `left: ${left.join(', ')}`;
    if (performance.now() > deadline) throw new Error(`left behind: ${wrong.join(', ')}`);
    await delay(1000);
  }
}

async function namesOf(cluster: Cluster): Promise<string[]> {
  const names = await cluster.kubectl(['get', KINDS, '--selector', cluster.selector, '--output', 'name']);
  return names.split('\n').filter((name) => name !== '');
}
