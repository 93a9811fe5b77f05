import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import type { FileStore } from '../src/index.ts';
import { bytesOf, sampleMeta } from '../testing/index.ts';
import { ANY_AGE_MS, GridfsBench, MEBIBYTE, nothing } from './gridfs-bench.ts';

/** What the port promises is 2 s; the driver's own limits are 30 s, or none. */
const PATIENCE_MS = 5000;

/** In the middle of a file, a chunk may take 10 s, and its removal is tried as well. */
const CHUNK_PATIENCE_MS = 20_000;

const everyOperation: Readonly<Record<string, (store: FileStore) => Promise<unknown>>> = {
  write: (store) => store.write(sampleMeta(), Readable.from([Buffer.from('x')])),
  stat: (store) => store.stat(newId()),
  read: (store) => store.read(newId()),
  copyTo: (store) => store.copyTo(newId(), join(tmpdir(), `clipscribe-never-${newId()}`)),
  delete: (store) => store.delete(newId()),
  listOlderThan: (store) => store.listOlderThan(0, { limit: 10 }),
  sweepPartials: (store) => store.sweepPartials(0),
  ping: (store) => store.ping(),
};

/** What a promise rejects with, or a word about why it did not. */
async function refusal(promise: Promise<unknown>, patienceMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs, 'is still waiting');
  });
  const refused = promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
  return Promise.race([refused, late]).finally(() => {
    clearTimeout(timer);
  });
}

async function expectRefusals(store: FileStore): Promise<void> {
  const entries = Object.entries(everyOperation);
  const refusals = await Promise.all(
    entries.map(async ([name, call]) => [name, await refusal(call(store), PATIENCE_MS)] as const),
  );
  expect(refusals.filter(([, error]) => !(error instanceof UnavailableError))).toEqual([]);
  expect(refusals[0]?.[1]).toMatchObject({ message: 'file store is not available' });
}

async function untilBack(store: FileStore): Promise<void> {
  for (;;) {
    const error = await refusal(store.ping(), PATIENCE_MS);
    if (error === 'resolved') return;
    if (!(error instanceof UnavailableError)) throw error;
  }
}

describeWithPrivateServer('mongodb', 'a GridFS file store whose server fails', (server) => {
  let bench: GridfsBench;

  beforeEach(() => {
    bench = new GridfsBench(server().url);
  });
  afterEach(async () => {
    await untilBack(bench.store);
    await bench.close();
  });

  /** Kills the server, does something meanwhile, and starts it again. */
  async function whileDead(work: () => Promise<void>): Promise<void> {
    await server().signal('SIGKILL');
    try {
      await work();
    } finally {
      await server().restart();
    }
  }

  async function whileSilent(work: () => Promise<void>): Promise<void> {
    await server().signal('SIGSTOP');
    try {
      // The signal takes a moment to reach all threads.
      while ((await refusal(bench.store.ping(), PATIENCE_MS)) === 'resolved');
      await work();
    } finally {
      await server().signal('SIGCONT');
    }
  }

  it('waits for a server that is not there yet', async () => {
    await whileDead(() => expectRefusals(bench.store));
    await untilBack(bench.store);
    const id = await bench.write(Buffer.from('at last'));
    expect(String(await bytesOf(await bench.store.read(id)))).toBe('at last');
  });

  it('refuses everything while the server is silent, then goes on', async () => {
    const id = await bench.write(Buffer.from('before'));
    await whileSilent(() => expectRefusals(bench.store));
    await untilBack(bench.store);
    expect(String(await bytesOf(await bench.store.read(id)))).toBe('before');
  });

  it('refuses everything once it is closed', async () => {
    const closed = new GridfsBench(server().url);
    await closed.store.ping();
    await closed.close();
    await expectRefusals(closed.store);
  });

  it('ends a write in whose middle the server dies, and leaves nothing in sight', async () => {
    const { id, source, writing } = await bench.beginWrite();
    await whileDead(async () => {
      source.push(randomBytes(3 * MEBIBYTE));
      expect(await refusal(writing, CHUNK_PATIENCE_MS)).toBeInstanceOf(UnavailableError);
      expect(source.destroyed).toBe(true);
    });
    await untilBack(bench.store);
    expect(await bench.store.stat(id)).toBeNull();
    expect(await bench.store.sweepPartials(ANY_AGE_MS)).toBe(1);
    expect(await bench.counts()).toEqual(nothing);
  });

  it('ends a write in whose middle the server falls silent, whatever that does later', async () => {
    const { id, source, writing } = await bench.beginWrite();
    await whileSilent(async () => {
      source.push(randomBytes(3 * MEBIBYTE));
      expect(await refusal(writing, CHUNK_PATIENCE_MS)).toBeInstanceOf(UnavailableError);
    });
    await untilBack(bench.store);
    expect(await bench.store.stat(id)).toBeNull();
    await bench.store.sweepPartials(ANY_AGE_MS);
    expect(await bench.counts()).toEqual(nothing);
  });

  it('goes on with a write after the server was restarted between two chunks', async () => {
    const [first, second] = [randomBytes(3 * MEBIBYTE), randomBytes(3 * MEBIBYTE)];
    const { id, source, writing } = await bench.beginWrite(first);
    await whileDead(() => Promise.resolve());
    await untilBack(bench.store);
    source.push(second);
    source.push(null);
    await writing;
    expect(Buffer.concat([first, second]).equals(await bytesOf(await bench.store.read(id)))).toBe(true);
    expect(await bench.counts()).toMatchObject({ files: 1, writes: 0 });
  });

  it('lets an abort end a write whose server is dead', async () => {
    const meta = sampleMeta();
    const abort = new AbortController();
    const source = new Readable({ read: () => undefined });
    const writing = bench.store.write(meta, source, abort.signal);
    source.push(randomBytes(3 * MEBIBYTE));
    while ((await bench.collections.chunks.countDocuments({ files_id: meta.id })) < 2);
    await whileDead(async () => {
      abort.abort();
      expect(await refusal(writing, CHUNK_PATIENCE_MS)).toMatchObject({ name: 'AbortError' });
    });
    await untilBack(bench.store);
    await bench.store.delete(meta.id);
    expect(await bench.counts()).toMatchObject({ files: 0, chunks: 0 });
  });

  it('fails a download in whose middle the server dies', async () => {
    const content = randomBytes(12 * MEBIBYTE);
    const stream = await bench.store.read(await bench.write(content));
    await once(stream, 'readable');
    await whileDead(async () => {
      expect(await refusal(bytesOf(stream), CHUNK_PATIENCE_MS)).toBeInstanceOf(UnavailableError);
    });
  });

  it('fails a download in whose middle the server falls silent', async () => {
    const content = randomBytes(12 * MEBIBYTE);
    const stream = await bench.store.read(await bench.write(content));
    await once(stream, 'readable');
    await whileSilent(async () => {
      expect(await refusal(bytesOf(stream), CHUNK_PATIENCE_MS)).toBeInstanceOf(UnavailableError);
    });
  });

  it('goes on with a download that paused over a restart of the server', async () => {
    const content = randomBytes(12 * MEBIBYTE);
    const stream = await bench.store.read(await bench.write(content));
    await once(stream, 'readable');
    await whileDead(() => Promise.resolve());
    await untilBack(bench.store);
    expect(content.equals(await bytesOf(stream))).toBe(true);
  });
});
