import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { FileMissingError, type FileStore } from '../src/file-store.ts';
import { bytesOf, sampleMeta } from './sample-file.ts';

const LENGTH = 1_500_000;

export function itReadsFiles(store: () => FileStore): void {
  const content = randomBytes(LENGTH);

  async function writeContent(): Promise<string> {
    const meta = sampleMeta();
    await store().write(meta, Readable.from([content]));
    return meta.id;
  }

  it.each([
    ['the first byte', 0, 0],
    ['the last byte', LENGTH - 1, LENGTH - 1],
    ['the middle, over the blocks of any store', 200_001, 1_200_002],
    ['all of it', 0, LENGTH - 1],
  ])('reads %s of a file', async (_what, start, end) => {
    const part = await bytesOf(await store().read(await writeContent(), { start, end }));
    expect(part.equals(content.subarray(start, end + 1))).toBe(true);
  });

  it('serves several readers of one file', async () => {
    const id = await writeContent();
    const copies = await Promise.all([1, 2, 3].map(async () => bytesOf(await store().read(id))));
    expect(copies.map((copy) => copy.equals(content))).toEqual([true, true, true]);
  });

  it('lets go of a file that is not read to its end', async () => {
    const stream = await store().read(await writeContent());
    const closed = Promise.withResolvers<undefined>();
    stream.once('close', () => {
      closed.resolve(undefined);
    });
    stream.once('data', () => stream.destroy());
    await closed.promise;
    expect(stream.destroyed).toBe(true);
  });

  it('copies a file to a path whose removal does not touch it', async () => {
    const id = await writeContent();
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-copy-'));
    try {
      await store().copyTo(id, join(folder, 'input'));
      expect(content.equals(await readFile(join(folder, 'input')))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(content.equals(await bytesOf(await store().read(id)))).toBe(true);
  });

  it('does not copy when that was aborted before', async () => {
    const id = await writeContent();
    const path = join(tmpdir(), `clipscribe-never-${id}`);
    await expect(store().copyTo(id, path, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['an unknown id', newId()],
    ['what is no id', '../../etc/passwd'],
    ['nothing', ''],
  ])('has no file for %s', async (_what, id) => {
    const path = join(tmpdir(), `clipscribe-never-${newId()}`);
    expect(await store().stat(id)).toBeNull();
    await expect(store().read(id)).rejects.toBeInstanceOf(FileMissingError);
    await expect(store().copyTo(id, path)).rejects.toBeInstanceOf(FileMissingError);
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await store().delete(id);
  });

  it('deletes a file once and for all', async () => {
    const [id, other] = [await writeContent(), await writeContent()];
    await store().delete(id);
    await store().delete(id);
    expect(await store().stat(id)).toBeNull();
    await expect(store().read(id)).rejects.toMatchObject({
      name: 'FileMissingError',
      code: 'FILE_MISSING',
      fileId: id,
    });
    expect(await store().stat(other)).not.toBeNull();
  });

  it('never gives a reader a short file because it was deleted meanwhile', async () => {
    const id = await writeContent();
    const stream = await store().read(id);
    await store().delete(id);
    const read = await bytesOf(stream).catch(() => 'failed' as const);
    expect(read === 'failed' || read.equals(content)).toBe(true);
  });
}
