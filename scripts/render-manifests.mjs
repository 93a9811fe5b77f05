/**
 * `npm run manifests`: writes manifests/, the chart as `kubectl apply -f manifests/` takes it, into the namespace
 * clipscribe. A test fails when it is not up to date. It ships no secrets; docs/kubernetes.md says how to make them.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureHelm } from './lib/helm.mjs';
import { renderManifests } from './lib/manifests.mjs';
import { root } from './lib/root.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';

await runMain(() => {
  const { programs, failure } = ensureHelm(root);
  const [helm] = programs;
  if (helm === undefined) throw new SetupError(failure);
  const folder = join(root, 'manifests');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.yaml')) rmSync(join(folder, name));
  const files = renderManifests(helm.path, root);
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  console.log(`${files.size} files in manifests/`);
  return 0;
});
