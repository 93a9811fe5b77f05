import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chart, helms, runHelm, template } from './support/helm.ts';
import { matrix } from './support/matrix.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clipscribe-values-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(helms())('Helm $version', (helm) => {
  it.each(Object.entries(matrix))('finds nothing to say about the chart: %s', (name, values) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(values));
    const { status, stdout } = runHelm(helm, ['lint', '--strict', '--values', file, chart]);
    expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(status).toBe(0);
  });
});

it.each(Object.entries(matrix))('all Helms render the same: %s', (_name, values) => {
  const rendered = helms().map((helm) => template(helm, values));
  expect(rendered.map(({ stderr }) => stderr)).toEqual(rendered.map(() => ''));
  expect(sorted(rendered[0]?.stdout)).toEqual(sorted(rendered.at(-1)?.stdout));
});

/** Helms differ in the order of objects of one kind. */
function sorted(text = ''): string[] {
  return text
    .split(/^---$/m)
    .map((document) => document.trim())
    .sort();
}
