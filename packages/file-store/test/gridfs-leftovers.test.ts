import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { bytesOf, sampleMeta } from '../testing/index.ts';
import { sourceThat } from '../testing/sample-file.ts';
import { driverId, GridfsBench, HOUR_MS, MEBIBYTE, nothing } from './gridfs-bench.ts';

describeWithServer('mongodb', 'what writes and deletions leave in GridFS', (server) => {
  let bench: GridfsBench;

  beforeEach(() => {
    bench = new GridfsBench(server().url);
  });
  afterEach(() => bench.close());

  it('keeps three documents for a file of two chunks, and none of a failed or deleted one', async () => {
    const id = await bench.write(randomBytes(1_500_000));
    const failing = sourceThat(Buffer.alloc(3 * MEBIBYTE), (source) => source.destroy(new Error('gone')));
    await expect(bench.store.write(sampleMeta(), failing)).rejects.toThrow('gone');
    expect(await bench.counts()).toEqual({ files: 1, chunks: 2, writes: 0 });
    await bench.store.delete(id);
    expect(await bench.counts()).toEqual(nothing);
  });

  it('leaves nothing of an abort in the middle', async () => {
    const abort = new AbortController();
    const source = sourceThat(randomBytes(5 * MEBIBYTE), () => {
      abort.abort();
    });
    await expect(bench.store.write(sampleMeta(), source, abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await bench.counts()).toEqual(nothing);
  });

  it('deletes files of very many chunks', async () => {
    const upload = bench.bucket.openUploadStreamWithId(driverId(newId()), 'x', { chunkSizeBytes: 1000 });
    await pipeline(Readable.from([Buffer.alloc(100_000)]), upload);
    expect(await bench.collections.chunks.countDocuments()).toBe(100);
    await bench.store.delete(String(upload.id));
    expect(await bench.counts()).toEqual(nothing);
  });

  it('sweeps what a killed writer left, once it is old in the time of the database', async () => {
    const id = newId();
    const chunks = [0, 1, 90].map((n) => ({ files_id: id, n, data: Buffer.alloc(10) }));
    await bench.db.collection('files.chunks').insertMany(chunks);
    await bench.collections.writes.insertOne({
      _id: id,
      token: 'of the dead',
      touchedAt: new Date(Date.now() - HOUR_MS),
    });
    expect(await bench.store.sweepPartials(2 * HOUR_MS)).toBe(0);
    expect(await bench.counts()).toEqual({ files: 0, chunks: 3, writes: 1 });
    expect(await bench.store.sweepPartials(HOUR_MS / 2)).toBe(1);
    expect(await bench.counts()).toEqual(nothing);
  });

  it('sweeps more claims than fit into one batch', async () => {
    const touchedAt = new Date(0);
    const claims = Array.from({ length: 150 }, () => ({ _id: newId(), token: 'of the dead', touchedAt }));
    await bench.collections.writes.insertMany(claims);
    expect(await bench.store.sweepPartials(HOUR_MS)).toBe(150);
    expect(await bench.counts()).toEqual(nothing);
  });

  it('keeps a complete file whose writer died before it gave its claim up', async () => {
    const id = await bench.write(Buffer.from('complete'));
    await bench.collections.writes.insertOne({ _id: id, token: 'of the dead', touchedAt: new Date(0) });
    expect(await bench.store.sweepPartials(HOUR_MS)).toBe(0);
    expect(await bench.counts()).toEqual({ files: 1, chunks: 1, writes: 0 });
    expect(String(await bytesOf(await bench.store.read(id)))).toBe('complete');
  });

  it.each([true, false])(
    'ends a deletion that was interrupted (file still visible: %s)',
    async (isVisible) => {
      const id = await bench.write(Buffer.from('doomed'));
      if (!isVisible) await bench.collections.files.deleteOne({ _id: id });
      await bench.collections.writes.insertOne({
        _id: id,
        token: 'x',
        touchedAt: new Date(0),
        isDoomed: true,
      });
      expect(await bench.store.sweepPartials(HOUR_MS)).toBe(1);
      expect(await bench.counts()).toEqual(nothing);
    },
  );

  it('does not let a writer go on that was swept as dead', async () => {
    const { id, source, writing } = await bench.beginWrite();
    await bench.collections.writes.updateOne({ _id: id }, { $set: { touchedAt: new Date(0) } });
    expect(await bench.store.sweepPartials(HOUR_MS)).toBe(1);
    source.push(randomBytes(3 * MEBIBYTE));
    source.push(null);
    await expect(writing).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(await bench.counts()).toEqual(nothing);
  });

  it('does not let a writer go on whose file was deleted', async () => {
    const { id, source, writing } = await bench.beginWrite();
    await bench.store.delete(id);
    expect(await bench.counts()).toEqual({ files: 0, chunks: 0, writes: 1 });
    source.push(randomBytes(3 * MEBIBYTE));
    source.push(null);
    await expect(writing).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(await bench.counts()).toEqual(nothing);
  });

  it('takes the id of a file that is being written for taken', async () => {
    const { id, source, writing } = await bench.beginWrite();
    const second = bench.store.write(sampleMeta({ id }), Readable.from([Buffer.from('second')]));
    await expect(second).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    source.push(null);
    await writing;
    expect(await bench.counts()).toEqual({ files: 1, chunks: 4, writes: 0 });
  });

  describe('while a source gives nothing for long', () => {
    /** How often a writer says that it lives. */
    const TOUCH_MS = 20_000;

    beforeEach(() => {
      // The driver needs all the others.
      const others = [
        'setTimeout',
        'setImmediate',
        'nextTick',
        'queueMicrotask',
        'performance',
        'Date',
      ] as const;
      const more = ['clearTimeout', 'clearImmediate', 'hrtime'] as const;
      jest.useFakeTimers({ doNotFake: [...others, ...more] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('keeps the claim of a writer young, so that it is not swept', async () => {
      const { id, source, writing } = await bench.beginWrite();
      const long = new Date(Date.now() - 2 * HOUR_MS);
      await bench.collections.writes.updateOne({ _id: id }, { $set: { touchedAt: long } });
      jest.advanceTimersByTime(TOUCH_MS);
      while ((await bench.collections.writes.countDocuments({ touchedAt: long })) > 0);
      expect(await bench.store.sweepPartials(HOUR_MS)).toBe(0);
      source.push(null);
      expect((await writing).bytes).toBe(3 * MEBIBYTE);
    });

    it('tells a writer that its file was removed', async () => {
      const { id, source, writing } = await bench.beginWrite();
      await bench.store.delete(id);
      jest.advanceTimersByTime(TOUCH_MS);
      await expect(writing).rejects.toMatchObject({ name: 'UnavailableError' });
      expect(source.destroyed).toBe(true);
      expect(await bench.counts()).toEqual(nothing);
    });
  });
});
