import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { FileMissingError, type FileStore } from '../src/file-store.ts';
import { bytesOf, sampleMeta, sourceThat } from './sample-file.ts';

const MEBIBYTE = 1024 * 1024;

export function itWritesFiles(store: () => FileStore): void {
  async function expectNothingOf(id: string): Promise<void> {
    expect(await store().stat(id)).toBeNull();
    await expect(store().read(id)).rejects.toBeInstanceOf(FileMissingError);
    expect(await store().listOlderThan(-60_000, { limit: 10 })).toEqual([]);
  }

  it.each([0, 1, 5 * MEBIBYTE + 3])('keeps %d bytes as they are, counted and hashed', async (length) => {
    const content = randomBytes(length);
    const meta = sampleMeta();
    const stored = await store().write(meta, inPieces(content, 64 * 1024));
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(stored).toEqual({ ...meta, bytes: length, sha256, createdAt: stored.createdAt });
    expect(Math.abs(stored.createdAt - Date.now())).toBeLessThan(60_000);
    expect(content.equals(await bytesOf(await store().read(meta.id)))).toBe(true);
  });

  it('keeps what is known about a file, in any script', async () => {
    const meta = sampleMeta({
      kind: 'chunk-result',
      name: 'Ünïcode – 会議 🎬 "x".json',
      contentType: 'text/plain; a="b"',
    });
    const stored = await store().write(meta, Readable.from([Buffer.from('{}')]));
    expect(await store().stat(meta.id)).toEqual(stored);
    expect(stored).toMatchObject(meta);
  });

  it('takes chunks of very different sizes', async () => {
    const pieces = [1, 3 * MEBIBYTE, 0, 7, MEBIBYTE, 100_000, 1].map((length) => randomBytes(length));
    const meta = sampleMeta();
    await store().write(meta, Readable.from(pieces));
    expect(Buffer.concat(pieces).equals(await bytesOf(await store().read(meta.id)))).toBe(true);
  });

  it('keeps files apart that are written at the same time', async () => {
    const files = Array.from({ length: 8 }, () => ({ meta: sampleMeta(), content: randomBytes(300_000) }));
    await Promise.all(files.map(({ meta, content }) => store().write(meta, inPieces(content, 10_000))));
    for (const { meta, content } of files) {
      expect(content.equals(await bytesOf(await store().read(meta.id)))).toBe(true);
    }
  });

  it('refuses an id that is taken, and keeps the file that has it', async () => {
    const meta = sampleMeta();
    await store().write(meta, Readable.from([Buffer.from('first')]));
    await expect(store().write(meta, Readable.from([Buffer.from('second')]))).rejects.toThrow();
    expect(String(await bytesOf(await store().read(meta.id)))).toBe('first');
  });

  it('leaves nothing of a stream that fails, and passes its error on', async () => {
    const meta = sampleMeta();
    const failure = new Error('the client has gone');
    const source = sourceThat(randomBytes(2 * MEBIBYTE), (stream) => stream.destroy(failure));
    await expect(store().write(meta, source)).rejects.toBe(failure);
    await expectNothingOf(meta.id);
  });

  it('survives a stream that fails at once', async () => {
    const meta = sampleMeta();
    const failure = new Error('no first byte');
    await expect(
      store().write(
        meta,
        new Readable({
          read() {
            this.destroy(failure);
          },
        }),
      ),
    ).rejects.toBe(failure);
    await expectNothingOf(meta.id);
  });

  it('leaves nothing of a write that is aborted, and lets go of the source', async () => {
    const meta = sampleMeta();
    const abort = new AbortController();
    const source = sourceThat(randomBytes(2 * MEBIBYTE), () => {
      abort.abort();
    });
    await expect(store().write(meta, source, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(source.destroyed).toBe(true);
    await expectNothingOf(meta.id);
  });

  it('does not begin what was aborted before', async () => {
    const meta = sampleMeta();
    const source = Readable.from([Buffer.from('too late')]);
    await expect(store().write(meta, source, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expectNothingOf(meta.id);
  });

  it('shows nothing of a file before it is complete', async () => {
    const meta = sampleMeta();
    const begun = Promise.withResolvers<Readable>();
    const writing = store().write(meta, sourceThat(randomBytes(2 * MEBIBYTE), begun.resolve));
    const source = await begun.promise;
    await expectNothingOf(meta.id);
    source.push(null);
    expect((await writing).bytes).toBe(2 * MEBIBYTE);
    expect(await store().stat(meta.id)).not.toBeNull();
  });
}

function inPieces(content: Buffer, length: number): Readable {
  const pieces = Array.from({ length: Math.ceil(content.length / length) }, (_, index) =>
    content.subarray(index * length, (index + 1) * length),
  );
  return Readable.from(pieces);
}
