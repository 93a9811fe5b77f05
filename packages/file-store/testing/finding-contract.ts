import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import type { FileStore } from '../src/file-store.ts';
import { bytesOf, sampleMeta, sourceThat } from './sample-file.ts';

/** Ages that need no waiting: every file is older than a minute in the future, none is older than an hour. */
const ANY_AGE_MS = -60_000;
const HOUR_MS = 3_600_000;

export function itFindsOldFiles(store: () => FileStore): void {
  async function write(text: string): Promise<string> {
    const meta = sampleMeta();
    await store().write(meta, Readable.from([Buffer.from(text)]));
    return meta.id;
  }

  it('lists old files page by page, in the order of their ids', async () => {
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) ids.push(await write(text));
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await store().listOlderThan(ANY_AGE_MS, {
        limit: 2,
        ...(after === undefined ? {} : { after }),
      });
      pages.push(page.map(({ id }) => id));
      after = page.at(-1)?.id;
    } while (after !== undefined);
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []]);
  });

  it('lists all that is known of a file, and leaves young ones out', async () => {
    const id = await write('content');
    expect(await store().listOlderThan(ANY_AGE_MS, { limit: 10 })).toEqual([await store().stat(id)]);
    expect(await store().listOlderThan(HOUR_MS, { limit: 10 })).toEqual([]);
  });

  it('sweeps no finished file and no write under way', async () => {
    const id = await write('finished');
    const meta = sampleMeta();
    const begun = Promise.withResolvers<Readable>();
    const writing = store().write(meta, sourceThat(Buffer.from('first, '), begun.resolve));
    const source = await begun.promise;
    expect(await store().sweepPartials(HOUR_MS)).toBe(0);
    source.push('then the rest');
    source.push(null);
    await writing;
    await store().sweepPartials(ANY_AGE_MS);
    expect(String(await bytesOf(await store().read(id)))).toBe('finished');
    expect(String(await bytesOf(await store().read(meta.id)))).toBe('first, then the rest');
  });

  it('has nothing to sweep after a write that failed', async () => {
    const source = sourceThat(Buffer.alloc(100_000), (stream) => stream.destroy(new Error('gone')));
    await expect(store().write(sampleMeta(), source)).rejects.toThrow('gone');
    expect(await store().sweepPartials(ANY_AGE_MS)).toBe(0);
  });

  it('answers a ping', async () => {
    await expect(store().ping()).resolves.toBeUndefined();
  });
}
