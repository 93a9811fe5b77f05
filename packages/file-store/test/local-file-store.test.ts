import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { ConfigError, StartError, UnavailableError } from '@clipscribe/runtime';
import { FileMissingError, LocalFileStore, openFileStore, type FileMeta } from '../src/index.ts';
import { bytesOf, describeFileStore, sampleMeta } from '../testing/index.ts';
import { sourceThat } from '../testing/sample-file.ts';

const ANY_AGE_MS = -60_000;

let folder = '';
const newFolder = async (): Promise<string> => (folder = await mkdtemp(join(tmpdir(), 'clipscribe-files-')));
const dropFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });

describeFileStore('local', {
  open: async () => LocalFileStore.open(await newFolder()),
  dispose: dropFolder,
});

describe('local file store', () => {
  let store: LocalFileStore;

  beforeEach(async () => {
    store = await LocalFileStore.open(await newFolder());
  });
  afterEach(dropFolder);

  const inFolder = (...names: string[]): string => join(folder, ...names);
  const contentOf = (id: string): string => inFolder('files', id.slice(-2), id);

  async function write(changes: Partial<FileMeta> = {}): Promise<string> {
    const meta = sampleMeta(changes);
    await store.write(meta, Readable.from([Buffer.from('content')]));
    return meta.id;
  }

  /** Every file in the store's folder, as paths relative to it. */
  async function filesInFolder(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  }

  /** A source may be asked for more before its file has been opened. */
  async function untilSomethingIsThere(): Promise<void> {
    while ((await filesInFolder()).length === 0);
  }

  it('has a content and a record per file, and nothing else', async () => {
    const id = await write();
    const failing = sourceThat(Buffer.alloc(2_000_000), (source) => source.destroy(new Error('gone')));
    await expect(store.write(sampleMeta(), failing)).rejects.toThrow('gone');
    const content = join('files', id.slice(-2), id);
    expect(await filesInFolder()).toEqual([content, `${content}.json`]);
    await store.delete(id);
    expect(await filesInFolder()).toEqual([]);
  });

  it('keeps files over a restart', async () => {
    const id = await write();
    const reopened = await LocalFileStore.open(folder);
    expect(await reopened.stat(id)).toEqual(await store.stat(id));
    expect(String(await bytesOf(await reopened.read(id)))).toBe('content');
  });

  it('hides what a crash left, and sweeps it when it is old', async () => {
    const [growing, unrecorded] = [newId(), newId()];
    await writeFile(inFolder('incoming', `${growing}.part`), 'half');
    await writeFile(inFolder('incoming', `${growing}.json.part`), '{');
    await writeFile(contentOf(unrecorded), 'whole, but not recorded');
    for (const id of [growing, unrecorded]) {
      expect(await store.stat(id)).toBeNull();
      await expect(store.read(id)).rejects.toBeInstanceOf(FileMissingError);
      await expect(store.copyTo(id, inFolder('copy'))).rejects.toBeInstanceOf(FileMissingError);
    }
    expect(await store.listOlderThan(ANY_AGE_MS, { limit: 10 })).toEqual([]);

    const id = await write();
    expect(await store.sweepPartials(3_600_000)).toBe(0);
    expect(await store.sweepPartials(ANY_AGE_MS)).toBe(3);
    expect(await filesInFolder()).toHaveLength(2);
    expect(await store.stat(id)).not.toBeNull();
  });

  it('deletes what an interrupted write of the same id left', async () => {
    const id = newId();
    await writeFile(inFolder('incoming', `${id}.part`), 'half');
    await writeFile(contentOf(id), 'whole');
    await store.delete(id);
    expect(await filesInFolder()).toEqual([]);
  });

  it('never makes a path of what is no id', async () => {
    await writeFile(inFolder('secret'), 'secret');
    const id = await write();
    const wrong = [
      '../../secret',
      `${id}/../${id}`,
      `${id}.json`,
      id.toUpperCase(),
      `${id}\0`,
      'secret',
      '.',
    ];
    for (const text of wrong) {
      expect(await store.stat(text)).toBeNull();
      await expect(store.read(text)).rejects.toBeInstanceOf(FileMissingError);
      await store.delete(text);
      const source = Readable.from(['x']);
      await expect(store.write(sampleMeta({ id: text }), source)).rejects.toBeInstanceOf(RangeError);
      expect(source.destroyed).toBe(true);
    }
    expect(await readFile(inFolder('secret'), 'utf8')).toBe('secret');
    expect(await store.stat(id)).not.toBeNull();
  });

  it('lets only one of two writers have an id', async () => {
    const meta = sampleMeta();
    const begun = Promise.withResolvers<Readable>();
    const first = store.write(meta, sourceThat(Buffer.from('first'), begun.resolve));
    const source = await begun.promise;
    await untilSomethingIsThere();
    const other = await LocalFileStore.open(folder);
    await expect(other.write(meta, Readable.from(['second']))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    source.push(null);
    await first;
    await expect(other.write(meta, Readable.from(['third']))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(String(await bytesOf(await store.read(meta.id)))).toBe('first');
    expect(await filesInFolder()).toHaveLength(2);
  });

  it('fails a write whose file was deleted meanwhile, and leaves nothing', async () => {
    const meta = sampleMeta();
    const begun = Promise.withResolvers<Readable>();
    const writing = store.write(meta, sourceThat(Buffer.from('first'), begun.resolve));
    const source = await begun.promise;
    await untilSomethingIsThere();
    await store.delete(meta.id);
    source.push(null);
    await expect(writing).rejects.toThrow();
    expect(await filesInFolder()).toEqual([]);
  });

  it('copies without copying: both names are of one file', async () => {
    const id = await write();
    await store.copyTo(id, inFolder('copy'));
    expect((await stat(inFolder('copy'))).ino).toBe((await stat(contentOf(id))).ino);
  });

  it("tells a target that cannot be written from a file that isn't there", async () => {
    const id = await write();
    await expect(store.copyTo(id, inFolder('no', 'folder'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('passes an error of the source on as it is, also one that looks like its own', async () => {
    const source = createReadStream(inFolder('no-such-file'));
    await expect(store.write(sampleMeta(), source)).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
    });
  });

  it('calls a folder that has vanished unavailable, not empty', async () => {
    const id = await write();
    await dropFolder();
    const attempts = [
      () => store.stat(id),
      () => store.read(id),
      () => store.copyTo(id, join(tmpdir(), `clipscribe-never-${id}`)),
      () => store.write(sampleMeta(), Readable.from(['x'])),
      () => store.listOlderThan(0, { limit: 1 }),
      () => store.sweepPartials(0),
      () => store.ping(),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(UnavailableError);
  });

  it('names a damaged record, which hides no other file', async () => {
    const [damaged, whole] = [await write(), await write()];
    await writeFile(`${contentOf(damaged)}.json`, '{"id":1}');
    await expect(store.stat(damaged)).rejects.toMatchObject({ code: 'FILE_RECORD_DAMAGED' });
    expect((await store.listOlderThan(ANY_AGE_MS, { limit: 10 })).map(({ id }) => id)).toEqual([whole]);
  });

  it('says in one line that a folder cannot be used', async () => {
    await writeFile(inFolder('a-file'), '');
    const opening = LocalFileStore.open(inFolder('a-file', 'store'));
    await expect(opening).rejects.toBeInstanceOf(StartError);
    await expect(opening).rejects.toThrow(/^cannot write the file store folder .*a-file.*$/);
  });

  it('is what FILES_URL opens with the scheme file:', async () => {
    const id = await write();
    const opened = await openFileStore(`file:${folder}`);
    expect(await opened.stat(id)).not.toBeNull();
    await expect(openFileStore('gopher://files')).rejects.toThrow(/^FILES_URL /);
    await expect(openFileStore('file:')).rejects.toBeInstanceOf(ConfigError);
  });
});
