import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { renderManifests } from '../../scripts/lib/manifests.mjs';
import { root } from '../../scripts/lib/root.mjs';
import { chart, helms, objects, objectsOf } from './support/helm.ts';

const folder = join(root, 'manifests');
const manifests = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);

it('manifests/ is what the chart renders (npm run manifests writes it anew)', () => {
  for (const helm of helms())
    expect(Object.fromEntries(manifests)).toEqual(Object.fromEntries(renderManifests(helm.path, root)));
});

it('manifests/ has all that the chart installs, but Secrets and what is for tests', () => {
  const names = (all: ReturnType<typeof objects>): string[] =>
    all.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  const shipped = names([...manifests.values()].flatMap(objectsOf));
  const installed = names(objects()).filter((name) => !/^Secret |-test$|-test-to-/.test(name));
  expect(shipped).toEqual(['Namespace clipscribe', ...installed].sort());
});

it('manifests/ has no trace of Helm', () => {
  for (const text of manifests.values()) expect(text).not.toMatch(/helm/i);
});

it('the chart’s init.sql is that of the repository', () => {
  expect(readFileSync(join(chart, 'files', 'init.sql'), 'utf8')).toBe(
    readFileSync(join(root, 'init.sql'), 'utf8'),
  );
});
