import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LossyProxy } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { GridfsFileStore } from '../src/index.ts';
import { bytesOf, sampleMeta } from '../testing/index.ts';
import { ANY_AGE_MS, GridfsBench, MEBIBYTE, nothing } from './gridfs-bench.ts';

describeWithServer('mongodb', 'a GridFS file store that loses answers of its server', (server) => {
  let bench: GridfsBench;
  let proxy: LossyProxy;
  let far: GridfsFileStore;

  beforeEach(async () => {
    bench = new GridfsBench(server().url);
    proxy = await LossyProxy.open(bench.url);
    far = GridfsFileStore.open(proxy.url);
    await far.ping();
  });
  afterEach(async () => {
    await far.close();
    await proxy.close();
    await bench.close();
  });

  it.each([
    ['its claim', 'update'],
    ['a chunk', 'insert'],
    ['a touch', 'findAndModify'],
    ['giving up its claim', 'delete'],
  ])('writes a file once, though the answer to %s is lost', async (_what, command) => {
    const meta = sampleMeta();
    const content = randomBytes(3 * MEBIBYTE);
    proxy.lose(command);
    const stored = await far.write(meta, Readable.from([content]));
    expect(proxy.lost).toBe(1);
    expect(await bench.store.stat(meta.id)).toEqual(stored);
    expect(content.equals(await bytesOf(await bench.store.read(meta.id)))).toBe(true);
    expect(await bench.counts()).toEqual({ files: 1, chunks: 4, writes: 0 });
  });

  it('writes a file once, though the answer to its document is lost', async () => {
    const { id, source, writing } = await bench.beginWrite(randomBytes(2 * 1_044_480), far);
    proxy.lose('insert');
    source.push(null);
    const stored = await writing;
    expect(proxy.lost).toBe(1);
    expect(await bench.store.stat(id)).toEqual(stored);
    expect(await bench.counts()).toEqual({ files: 1, chunks: 2, writes: 0 });
  });

  it('leaves its claim to the sweeper when a chunk may still come', async () => {
    const { id, source, writing } = await bench.beginWrite(undefined, far);
    // Of whatever is on its way at this moment, the repetitions too.
    proxy.lose('insert', 100);
    source.push(null);
    await expect(writing).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(await bench.store.stat(id)).toBeNull();
    expect(await bench.counts()).toEqual({ files: 0, chunks: 0, writes: 1 });
    expect(await bench.store.sweepPartials(ANY_AGE_MS)).toBe(1);
    expect(await bench.counts()).toEqual(nothing);
  });
});
