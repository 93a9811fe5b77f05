import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { root } from '../../scripts/lib/root.mjs';
import { objects, type Manifest } from './support/helm.ts';
import { matrix } from './support/matrix.ts';

/** Where the types of a group of kinds are; those of Kubernetes itself have the short paths. */
const packages: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A typed constant for each object: the compiler finds what no schema minds, such as a field that there is not. */
function typedConstants(all: readonly Manifest[]): string {
  return all
    .map((object, index) => {
      const [group = ''] = object.apiVersion.split('/');
      const from = `${packages[group] ?? 'kubernetes-models'}/${object.apiVersion}/${object.kind}`;
      const name = `${object.kind}${String(index)}`;
      return [
        `import type { I${object.kind} as I${name} } from '${from}';`,
        `export const ${name.toLowerCase()}: I${name} = ${JSON.stringify(object)};`,
      ].join('\n');
    })
    .join('\n');
}

/** What the compiler has to say, by the file's name. */
function compile(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'clipscribe-types-'));
  folders.push(folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'nodenext',
    target: 'es2024',
    types: [],
  };
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' }).stdout;
}

it('every object that is ever rendered has the fields of its kind, of the right types', () => {
  const files = Object.entries(matrix).map(
    ([name, values]) => [`${name.replaceAll(' ', '-')}.ts`, typedConstants(objects(values))] as const,
  );
  expect(compile(Object.fromEntries(files))).toBe('');
});

it('a misspelt field would be found, wherever it is', () => {
  const metadata = { name: 'a' };
  const container = { name: 'a', image: 'a', securityContext: { readOnlyRootFileSystem: true } };
  const wrong: Manifest[] = [
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: '80' }] } },
  ];
  const said = compile({ 'wrong.ts': typedConstants(wrong) });
  expect(said).toContain('readOnlyRootFileSystem');
  expect(said).toContain("Type 'string' is not assignable to type 'number'");
});
