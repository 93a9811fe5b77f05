import type { Cluster } from '../cluster.ts';

const POD_SECURITY = ['enforce', 'warn', 'audit'].map(
  (mode) => `pod-security.kubernetes.io/${mode}=restricted`,
);

/** Makes the namespace where it is missing; whatever is not "restricted" is refused there. */
export async function makeNamespace(cluster: Cluster): Promise<void> {
  const { namespace } = cluster;
  const names = await cluster.kubectl(['get', 'namespaces', '--output', 'name']);
  if (!names.split('\n').includes(`namespace/${namespace}`))
    await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['label', '--overwrite', 'namespace', namespace, ...POD_SECURITY]);
}

/** @throws Error when the API server warned of anything so far */
export function expectNoWarnings({ warnings }: Cluster): Promise<undefined> {
  const all = [...warnings].join('; ');
  return all === '' ? Promise.resolve(undefined) : Promise.reject(new Error(all));
}
