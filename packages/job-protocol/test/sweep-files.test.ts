import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type UploadIntent } from '@clipscribe/contracts';
import {
  cancel,
  chunkCheckpoint,
  claimChunk,
  filesOf,
  INTENT_STALE_MS,
  ORPHAN_AGE_MS,
  startDeletion,
  Sweeper,
  type SweeperPorts,
} from '../src/index.ts';
import { sweepIntents, sweepOrphans } from '../src/sweep-files.ts';
import { Bench } from './bench.ts';
import { faultyFiles, faultyJobs } from './faulty-ports.ts';
import { life } from './life.ts';

let bench: Bench;
/** The ports, with a file store that takes every file for old. */
let ports: SweeperPorts;

beforeEach(async () => {
  bench = await Bench.open();
  const files = faultyFiles(bench.files, {
    listOlderThan: (ageMs, options) => bench.files.listOlderThan(ageMs - 2 * ORPHAN_AGE_MS, options),
  });
  ports = { ...bench.ports, files };
});
afterEach(async () => {
  await bench.close();
});

async function openIntent(): Promise<UploadIntent> {
  const fileIds = [await bench.store(newId(), 'source'), await bench.store(newId(), 'source')];
  const intent = { id: newId(), ownerId: newId(), fileIds };
  await bench.jobs.openIntent(intent);
  return { ...intent, touchedAt: bench.clock.now };
}

async function existing(fileIds: readonly string[]): Promise<boolean[]> {
  return Promise.all(fileIds.map((id) => bench.exists(id)));
}

describe('sweepIntents', () => {
  it('removes the files of an upload whose gateway died; it can accept nothing any more', async () => {
    const intent = await openIntent();
    bench.advance(INTENT_STALE_MS);
    await sweepIntents(bench.ports);
    expect(await existing(intent.fileIds)).toEqual([false, false]);
    expect(await bench.jobs.touchIntent(intent.id, [])).toBe(false);
    expect(await bench.jobs.accept(intent.id, [])).toBe('lost');
  });

  it('leaves an upload alone that is alive', async () => {
    const intent = await openIntent();
    bench.advance(INTENT_STALE_MS - 1);
    await bench.jobs.touchIntent(intent.id, intent.fileIds);
    bench.advance(INTENT_STALE_MS - 1);
    await sweepIntents(bench.ports);
    expect(await existing(intent.fileIds)).toEqual([true, true]);
  });

  it('keeps the files of an upload that is accepted at the last moment', async () => {
    const intent = await openIntent();
    bench.advance(INTENT_STALE_MS);
    const jobs = faultyJobs(bench.jobs, {
      staleIntents: async (ageMs, limit) => {
        const stale = await bench.jobs.staleIntents(ageMs, limit);
        expect(await bench.jobs.accept(intent.id, [])).toBe('accepted');
        return stale;
      },
    });
    await sweepIntents({ ...bench.ports, jobs });
    expect(await existing(intent.fileIds)).toEqual([true, true]);
  });
});

describe('sweepOrphans', () => {
  it('removes files without a job, and of jobs that do not know them', async () => {
    const { id } = await life.converting(bench);
    const orphans = [
      await bench.store(newId(), 'source'),
      await bench.store(id, 'audio'),
      await bench.store(id, 'chunk'),
    ];
    await sweepOrphans(ports, undefined);
    expect(await existing(orphans)).toEqual([false, false, false]);
  });

  it.each(['queued', 'converting', 'transcribing', 'partial', 'failed'] as const)(
    'keeps every file of a job that is %s',
    async (state) => {
      const files = filesOf(await life[state](bench));
      await sweepOrphans(ports, undefined);
      expect(await existing(files)).toEqual(files.map(() => true));
    },
  );

  it('keeps the chunks of a running job and their results', async () => {
    const { id } = await life.transcribing(bench, 2);
    const job = await bench.apply(
      id,
      claimChunk(1, 'w'),
      chunkCheckpoint(1, await bench.store(id, 'chunk-result')),
    );
    await sweepOrphans(ports, undefined);
    expect(filesOf(job)).toHaveLength(5);
    expect(await existing(filesOf(job))).toEqual([true, true, true, true, true]);
  });

  it('removes the chunks of a job that has ended, and nothing else of it', async () => {
    const { source, audio, transcript, chunks } = await life.succeeded(bench);
    await sweepOrphans(ports, undefined);
    const [chunk] = chunks;
    expect(await existing([source.fileId, audio.fileId ?? '', transcript.fileId ?? ''])).toEqual([
      true,
      true,
      true,
    ]);
    expect(await existing([chunk?.fileId ?? '', chunk?.resultFileId ?? ''])).toEqual([false, false]);
  });

  it('removes the chunks of a cancelled job; the video stays for another try', async () => {
    const { id, source, chunks } = await life.transcribing(bench, 2);
    await bench.apply(id, cancel);
    await sweepOrphans(ports, undefined);
    expect(await existing(chunks.map(({ fileId }) => fileId))).toEqual([false, false]);
    expect(await bench.exists(source.fileId)).toBe(true);
  });

  it('removes what was written for a job after its deletion', async () => {
    const { id } = await life.told(bench);
    await bench.apply(id, startDeletion);
    await bench.sweep();
    const late = await bench.store(id, 'transcript');
    await sweepOrphans(ports, undefined);
    expect(await bench.exists(late)).toBe(false);
  });

  it('keeps the files of an upload that is under way', async () => {
    const { fileIds } = await openIntent();
    await sweepOrphans(ports, undefined);
    expect(await existing(fileIds)).toEqual([true, true]);
  });

  it('keeps the file of an upload that is accepted while it looks', async () => {
    const accepted = await bench.accept();
    let asked = false;
    const jobs = faultyJobs(bench.jobs, {
      // The intent is still there when it is asked for, and is a job by the time the job is asked for.
      isIntended: () => {
        asked = true;
        return Promise.resolve(false);
      },
      get: async (id) => {
        expect(asked).toBe(true);
        return bench.jobs.get(id);
      },
    });
    await sweepOrphans({ ...ports, jobs }, undefined);
    expect(await bench.exists(accepted.source.fileId)).toBe(true);
  });

  it('keeps young files, whatever they are', async () => {
    const young = await bench.store(newId(), 'audio');
    await sweepOrphans(bench.ports, undefined);
    expect(await bench.exists(young)).toBe(true);
  });

  it('goes through a large store in batches, and begins anew at its end', async () => {
    const orphans: string[] = [];
    for (let n = 0; n < 205; n += 1) orphans.push(await bench.store(newId(), 'audio'));
    const sweeper = new Sweeper(ports);
    const left = async (): Promise<number> => (await existing(orphans)).filter(Boolean).length;
    const lefts = [];
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await sweeper.sweep();
      lefts.push(await left());
    }
    expect(lefts).toEqual([105, 5, 0]);
    const late = await bench.store(newId(), 'audio');
    await sweeper.sweep();
    expect(await bench.exists(late)).toBe(false);
  });
});
