import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyLocalFile } from '../src/copy-local-file.ts';

/** A disk in memory, which most Linux systems mount. */
const otherDisk = '/dev/shm';
const deviceOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ dev }) => dev,
    () => null,
  );
const [here, there] = await Promise.all([deviceOf(tmpdir()), deviceOf(otherDisk)]);
const hasOtherDisk = there !== null && there !== here;

describe('copyLocalFile', () => {
  let source = '';
  const folders: string[] = [];

  async function folderIn(parent: string): Promise<string> {
    const folder = await mkdtemp(join(parent, 'clipscribe-copy-'));
    folders.push(folder);
    return folder;
  }

  beforeEach(async () => {
    source = join(await folderIn(tmpdir()), 'source');
    await writeFile(source, 'content');
  });
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it('overwrites nothing', async () => {
    const target = join(await folderIn(tmpdir()), 'target');
    await writeFile(target, 'something else');
    await expect(copyLocalFile(source, target)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(target, 'utf8')).toBe('something else');
  });

  (hasOtherDisk ? it : it.skip)('copies the bytes where no link is possible', async () => {
    const target = join(await folderIn(otherDisk), 'target');
    await copyLocalFile(source, target);
    expect(await readFile(target, 'utf8')).toBe('content');
  });

  (hasOtherDisk ? it : it.skip)('takes back a copy that was aborted meanwhile', async () => {
    const target = join(await folderIn(otherDisk), 'target');
    const abort = new AbortController();
    const copying = copyLocalFile(source, target, abort.signal);
    abort.abort();
    await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
