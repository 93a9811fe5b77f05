import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rows } from '../../support/matrix/rows.ts';
import { root } from '../../../scripts/lib/root.mjs';

const folder = 'e2e/test/matrix';
/** Tests of the harness itself. */
const others = ['rows.test.ts', 'failpoints.test.ts', 'checker.test.ts'];

/** Titles of the tests in a file, as they stand there. */
async function titlesIn(path: string): Promise<string[]> {
  const text = await readFile(join(root, path), 'utf8');
  const calls = text.matchAll(/\bit(?:\.each\((?:[^()]|\([^()]*\))*\))?\(\s*'((?:[^'\\]|\\.)*)'/g);
  return Array.from(calls, ([, title = '']) => title);
}

function pathOf(file: string): string {
  return file.includes('/') ? file : `${folder}/${file}`;
}

describe('the fault matrix', () => {
  const listed = rows.flatMap(({ tests }) => tests);

  it.each(rows)('has a test for every case of: $fault', async ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { title, file } of tests) expect(await titlesIn(pathOf(file))).toContain(title);
  });

  it('names every test of this folder', async () => {
    const files = (await readdir(join(root, folder))).filter((file) => !others.includes(file));
    for (const file of files) {
      const titles = listed.filter((test) => test.file === file).map(({ title }) => title);
      expect({ file, titles: titles.sort() }).toEqual({
        file,
        titles: (await titlesIn(pathOf(file))).sort(),
      });
    }
  });
});
