import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { FileMissingError } from '../src/index.ts';
import { GridfsBench, MEBIBYTE } from './gridfs-bench.ts';

describeWithServer('mongodb', 'copying from GridFS to a path', (server) => {
  let bench: GridfsBench;
  let folder: string;

  beforeEach(async () => {
    bench = new GridfsBench(server().url);
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-copy-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await bench.close();
  });

  it('leaves nothing of a copy that fails', async () => {
    const id = await bench.write(randomBytes(4 * MEBIBYTE));
    await bench.collections.chunks.deleteOne({ files_id: id, n: 3 });
    await expect(bench.store.copyTo(id, join(folder, 'input'))).rejects.toMatchObject({
      code: 'FILE_CONTENT_DAMAGED',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing of a copy that is aborted', async () => {
    const id = await bench.write(randomBytes(4 * MEBIBYTE));
    const abort = new AbortController();
    const copying = bench.store.copyTo(id, join(folder, 'input'), abort.signal);
    abort.abort();
    await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps what is at the path already, and tells of a missing folder', async () => {
    const id = await bench.write(Buffer.from('new'));
    await writeFile(join(folder, 'input'), 'old');
    await expect(bench.store.copyTo(id, join(folder, 'input'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(join(folder, 'input'), 'utf8')).toBe('old');
    await expect(bench.store.copyTo(id, join(folder, 'none', 'input'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(bench.store.copyTo(newId(), join(folder, 'x'))).rejects.toBeInstanceOf(FileMissingError);
  });
});
