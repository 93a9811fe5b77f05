import { constants } from 'node:fs';
import { access, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@clipscribe/runtime';
import { DurableFileSink } from '../src/durable-file-sink.ts';
import { writeAll } from '../src/write-all.ts';

/** A device that is always full: full(4). */
const fullDevice = await access('/dev/full', constants.W_OK).then(
  () => '/dev/full',
  () => null,
);

describe('durable file sink', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-sink-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes every byte in order, also over the background syncs', async () => {
    const path = join(folder, 'file');
    const blocks = Array.from({ length: 100 }, (_, index) => Buffer.alloc(700_001, index));
    await pipeline(Readable.from(blocks), new DurableFileSink(() => open(path, 'wx')));
    expect((await readFile(path)).equals(Buffer.concat(blocks))).toBe(true);
  });

  it('says that it could not be opened', async () => {
    const sink = new DurableFileSink(() => open(join(folder, 'no', 'file'), 'wx'));
    await expect(pipeline(Readable.from(['x']), sink)).rejects.toBeInstanceOf(UnavailableError);
    expect(sink.opened).toBe(false);
  });

  (fullDevice === null ? it.skip : it)('passes on that the disk is full', async () => {
    const sink = new DurableFileSink(() => open(String(fullDevice), 'w'));
    const source = Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(100_000)));
    await expect(pipeline(source, sink)).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});

describe('writeAll', () => {
  it('offers again what the system did not take', async () => {
    const disk = Buffer.alloc(12);
    const atMostFour = {
      writev: <T extends readonly NodeJS.ArrayBufferView[]>(buffers: T, position?: number) => {
        const offered = Buffer.concat(
          buffers.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
        );
        return Promise.resolve({ bytesWritten: offered.copy(disk, position, 0, 4), buffers });
      },
    };
    await writeAll(
      atMostFour,
      ['abc', '', 'defgh', 'ij'].map((text) => Buffer.from(text)),
      2,
    );
    expect(disk.toString()).toBe('\0\0abcdefghij');
  });
});
