import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { freshDatabase, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { ConfigError } from '@clipscribe/runtime';
import { GridfsFileStore, openFileStore } from '../src/index.ts';
import { bytesOf, describeFileStore, sampleMeta } from '../testing/index.ts';
import { ANY_AGE_MS, driverId, GridfsBench, MEBIBYTE } from './gridfs-bench.ts';

describeWithServer('mongodb', 'GridfsFileStore', (server) => {
  let database: FreshDatabase;

  describeFileStore('GridFS', {
    open: () => {
      database = freshDatabase(server().url);
      return openFileStore(database.url);
    },
    dispose: () => database.drop(),
  });
});

describeWithServer('mongodb', 'the GridFS bucket', (server) => {
  let bench: GridfsBench;

  beforeEach(() => {
    bench = new GridfsBench(server().url);
  });
  afterEach(() => bench.close());

  it('writes what any client of GridFS can read', async () => {
    const content = randomBytes(5 * MEBIBYTE + 7);
    const meta = sampleMeta({ name: 'Fjord ø.mp4' });
    const stored = await bench.store.write(meta, Readable.from([content]));
    expect(content.equals(await bytesOf(bench.bucket.openDownloadStream(driverId(meta.id))))).toBe(true);
    const [file] = await bench.bucket.find({ filename: 'Fjord ø.mp4' }).toArray();
    expect(file).toEqual({
      _id: meta.id,
      length: content.length,
      chunkSize: 1_044_480,
      uploadDate: new Date(stored.createdAt),
      filename: 'Fjord ø.mp4',
      metadata: {
        ownerId: meta.ownerId,
        jobId: meta.jobId,
        kind: 'source',
        contentType: 'video/mp4',
        sha256: stored.sha256,
      },
    });
    const [{ type } = {}] = await bench.collections.files
      .aggregate([{ $project: { type: { $type: '$length' } } }])
      .toArray();
    expect(type).toBe('long');
  });

  it('reads what the driver has written, in chunks of another size', async () => {
    const content = randomBytes(2 * MEBIBYTE);
    const { id, ownerId, jobId, kind, contentType, name } = sampleMeta();
    const metadata = { ownerId, jobId, kind, contentType, sha256: 'a'.repeat(64) };
    const upload = bench.bucket.openUploadStreamWithId(driverId(id), name, {
      chunkSizeBytes: 100_000,
      metadata,
    });
    await pipeline(Readable.from([content]), upload);
    expect(content.equals(await bytesOf(await bench.store.read(id)))).toBe(true);
    const part = await bytesOf(await bench.store.read(id, { start: 99_999, end: 900_000 }));
    expect(part.equals(content.subarray(99_999, 900_001))).toBe(true);
    expect(await bench.store.stat(id)).toMatchObject({ id, name, jobId, bytes: content.length });
  });

  it('has the indexes that clients of GridFS expect', async () => {
    await bench.store.ping();
    expect(await bench.collections.chunks.indexes()).toContainEqual(
      expect.objectContaining({ key: { files_id: 1, n: 1 }, unique: true, name: 'files_id_1_n_1' }),
    );
    expect(await bench.collections.files.indexes()).toContainEqual(
      expect.objectContaining({ key: { filename: 1, uploadDate: 1 }, name: 'filename_1_uploadDate_1' }),
    );
  });

  it('begins to read in the middle', async () => {
    const content = randomBytes(4 * MEBIBYTE);
    const id = await bench.write(content);
    await bench.collections.chunks.deleteOne({ files_id: id, n: 0 });
    await bench.collections.chunks.deleteOne({ files_id: id, n: 3 });
    const [start, end] = [1_500_000, 3 * 1_044_480 - 1];
    const part = await bytesOf(await bench.store.read(id, { start, end }));
    expect(part.equals(content.subarray(start, end + 1))).toBe(true);
  });

  it.each([
    ['the first chunk is missing', { n: 0 }],
    ['a chunk in the middle is missing', { n: 2 }],
    ['the last chunk is missing', { n: 4 }],
    ['all chunks are missing', {}],
  ])('never ends a download in good order when %s', async (_what, chunk) => {
    const id = await bench.write(randomBytes(4 * MEBIBYTE + 1_000_000));
    await bench.collections.chunks.deleteMany({ files_id: id, ...chunk });
    await expect(bytesOf(await bench.store.read(id))).rejects.toMatchObject({ code: 'FILE_CONTENT_DAMAGED' });
  });

  it('never passes a chunk on that is too short', async () => {
    const id = await bench.write(randomBytes(2 * MEBIBYTE));
    const place = { files_id: id, n: 1 };
    await bench.collections.chunks.deleteOne(place);
    await bench.db.collection('files.chunks').insertOne({ ...place, data: Buffer.alloc(5) });
    await expect(bytesOf(await bench.store.read(id))).rejects.toMatchObject({ code: 'FILE_CONTENT_DAMAGED' });
  });

  it('shows damaged and foreign records as such, and lists the others', async () => {
    await bench.write(Buffer.from('first'));
    const damaged = await bench.write(Buffer.from('damaged'));
    const last = await bench.write(Buffer.from('last'));
    await bench.collections.files.updateOne({ _id: damaged }, { $unset: { 'metadata.sha256': true } });
    await pipeline(Readable.from([Buffer.alloc(9)]), bench.bucket.openUploadStream('not ours.txt'));
    await expect(bench.store.stat(damaged)).rejects.toMatchObject({ code: 'FILE_RECORD_DAMAGED' });
    expect(await bench.store.listOlderThan(ANY_AGE_MS, { limit: 2 })).toMatchObject([{}, { id: last }]);
  });

  it('refuses ids that are none', async () => {
    const source = Readable.from([Buffer.from('x')]);
    await expect(bench.store.write(sampleMeta({ id: '../x' }), source)).rejects.toBeInstanceOf(RangeError);
    expect(source.destroyed).toBe(true);
    expect(await bench.store.stat(newId().toUpperCase())).toBeNull();
  });
});

describe('addresses of the file store', () => {
  it.each(['mongodb://a:1,b:2/db?replicaSet=r', 'mongodb+srv://user:secret@cluster.example.invalid/db'])(
    'opens %s without asking for a server',
    async (url) => {
      const store = await openFileStore(url);
      expect(store).toBeInstanceOf(GridfsFileStore);
      await store.close();
    },
  );

  it.each([
    'mongodb://',
    'mongodb://user:se/cret@host/db',
    'mongodb+srv://host:27017/db',
    'http://host/',
    'file:',
  ])('refuses %s', async (url) => {
    const refused = openFileStore(url);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(/^FILES_URL (?!.*cret)/);
  });
});
