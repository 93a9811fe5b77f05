import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ensureHelm } from '../../../scripts/lib/helm.mjs';
import { root } from '../../../scripts/lib/root.mjs';

export const chart = join(root, 'charts', 'clipscribe');

/** What every object has, and whatever else. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Helm {
  version: string;
  path: string;
}

/** The Helms to try with, the older one first. @throws Error where one cannot be had */
export function helms(): Helm[] {
  const { programs, failure } = ensureHelm(root);
  if (failure !== undefined) throw new Error(failure);
  return programs;
}

/** The newest Helm. */
export function newestHelm(): Helm {
  const helm = helms().at(-1);
  if (helm === undefined) throw new Error('there is no Helm');
  return helm;
}

export function runHelm(helm: Helm, args: readonly string[], input = ''): Ran {
  return spawnSync(helm.path, args, { encoding: 'utf8', input, maxBuffer: 64 * 1024 * 1024 });
}

/** `helm template` with values as an object; the release is called clipscribe, and so is its namespace. */
export function template(helm: Helm, values: object, args: readonly string[] = []): Ran {
  const all = ['template', 'clipscribe', chart, '--namespace', 'clipscribe', '--values', '-', ...args];
  return runHelm(helm, all, JSON.stringify(values));
}

/** The rendered text. @throws Error when the chart refuses the values */
export function render(values: object, helm = newestHelm()): string {
  const { status, stdout, stderr } = template(helm, values);
  if (status !== 0) throw new Error(`helm template failed: ${stderr}`);
  return stdout;
}

/** The objects of a rendered text. */
export function objectsOf(text: string): Manifest[] {
  // What Helm has rendered from this chart has these fields; the test of types looks at the rest.
  const values = parseAllDocuments(text).map((document) => document.toJSON() as Manifest | null);
  return values.filter((value) => value !== null);
}

export function objects(values: object = {}): Manifest[] {
  return objectsOf(render(values));
}
