import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type ResumableUpload } from '@clipscribe/contracts';
import { sampleUpload } from '@clipscribe/job-store/testing';
import { filesOf, finishUpload, ORPHAN_AGE_MS, startDeletion, Sweeper } from '../src/index.ts';
import { sweepOrphans } from '../src/sweep-files.ts';
import { Bench } from './bench.ts';
import { faultyFiles, faultyJobs } from './faulty-ports.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

/** An upload of as many parts, 4 bytes each, with another file that counts for nothing. */
async function upload(parts: number, overrides: Partial<ResumableUpload> = {}): Promise<ResumableUpload> {
  const id = newId();
  const stored: ResumableUpload['parts'] = [];
  for (let n = 0; n < parts; n += 1) stored.push({ fileId: await bench.store(id, 'source'), bytes: 4 });
  const times = { createdAt: bench.clock.now, expiresAt: bench.clock.now + 1000 };
  const made = sampleUpload({
    ...{ id, length: parts * 4, parts: stored, pending: [await bench.store(id, 'source')], ...times },
    ...overrides,
  });
  await bench.jobs.openUpload(made);
  return made;
}

const existing = (ids: readonly string[]): Promise<boolean[]> =>
  Promise.all(ids.map((id) => bench.exists(id)));

describe('a resumable upload', () => {
  it('of which all bytes are there becomes a job with the next sweep, and is published', async () => {
    const { id, parts, pending, name, ownerId } = await upload(3);
    await bench.sweep();
    const job = await bench.job(id);
    const ids = parts.map(({ fileId }) => fileId);
    expect(job).toMatchObject({
      state: 'queued',
      ownerId,
      source: { fileId: ids[0], parts: ids, bytes: 12, name },
    });
    expect(job.source).not.toHaveProperty('sha256');
    expect(await bench.jobs.getUpload(id)).toBeNull();
    expect(await existing([...ids, ...pending])).toEqual([true, true, true, false]);
    bench.advance(60_000);
    await bench.sweep();
    expect((await bench.job(id)).outbox).toEqual([]);
  });

  it('in one part is a job whose hash is known', async () => {
    const made = await upload(1);
    const finished = await finishUpload(bench.ports, made);
    expect(finished).toMatchObject({
      isNew: true,
      job: { source: { sha256: expect.stringMatching(/^9f86d0/) } },
    });
  });

  it('becomes one job, whoever is first', async () => {
    const made = await upload(2);
    const ports = bench.ports;
    const all = await Promise.all(Array.from({ length: 4 }, () => finishUpload(ports, made)));
    expect(all.filter((finished) => finished?.isNew === true)).toHaveLength(1);
    expect(all.map((finished) => finished?.job.id)).toEqual(Array.from({ length: 4 }, () => made.id));
  });

  it('that was terminated at the same moment is none', async () => {
    const made = await upload(2);
    await bench.jobs.dropIntent(made.id);
    expect(await finishUpload(bench.ports, made)).toBeNull();
    expect(await bench.jobs.get(made.id)).toBeNull();
  });

  it('that is not complete is no job', async () => {
    const made = await upload(2, { length: 9 });
    await expect(finishUpload(bench.ports, made)).rejects.toThrow(RangeError);
  });

  it('is left alone until it expires, then removed with all its files', async () => {
    const { id, parts, pending } = await upload(2, { length: 9 });
    const ids = [...parts.map(({ fileId }) => fileId), ...pending];
    await bench.sweep();
    expect(await existing(ids)).toEqual([true, true, true]);
    bench.advance(1000);
    await bench.sweep();
    expect(await existing(ids)).toEqual([false, false, false]);
    expect(await bench.jobs.getUpload(id)).toBeNull();
  });

  it('that cannot be mended does not keep the others', async () => {
    const broken = await upload(1);
    const good = await upload(1);
    const jobs = faultyJobs(bench.jobs, {
      getUpload: (id) => (id === broken.id ? Promise.reject(new Error('broken')) : bench.jobs.getUpload(id)),
    });
    await new Sweeper({ ...bench.ports, jobs }).sweep();
    expect((await bench.job(good.id)).state).toBe('queued');
  });
});

describe('the parts of a source', () => {
  it('are files of the job, and go with it', async () => {
    const { id, parts } = await upload(3);
    await bench.sweep();
    const ids = parts.map(({ fileId }) => fileId);
    expect(filesOf(await bench.job(id))).toEqual(ids);
    await bench.apply(id, startDeletion);
    bench.advance(60_000);
    await bench.sweep();
    expect(await existing(ids)).toEqual([false, false, false]);
    expect((await bench.job(id)).source).not.toHaveProperty('parts');
  });

  it('are no orphans, whether the upload is a job or not yet', async () => {
    const open = await upload(2, { length: 9 });
    const ids = open.parts.map(({ fileId }) => fileId);
    const files = faultyFiles(bench.files, {
      listOlderThan: (ageMs, options) => bench.files.listOlderThan(ageMs - 2 * ORPHAN_AGE_MS, options),
    });
    const ports = { ...bench.ports, files };
    await sweepOrphans(ports, undefined);
    expect(await existing(ids)).toEqual([true, true]);
    const whole = { ...open, length: 8 };
    expect(await bench.jobs.replaceUpload(whole, 1)).toBe(true);
    await bench.sweep();
    await sweepOrphans(ports, undefined);
    expect(await existing(ids)).toEqual([true, true]);
  });
});
