import { expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

export function itKeepsJobs(store: () => JobStore): void {
  it('gives back what was accepted, with the time of the store', async () => {
    const job = sampleJob({
      chunks: [
        { index: 0, startSeconds: 0, endSeconds: 2.5, fileId: newId(), state: 'pending', attempts: 0 },
      ],
    });
    await insert(store(), job);
    const reading = await store().get(job.id);
    expect(reading?.job).toStrictEqual(job);
    expect(Math.abs((reading?.now ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await store().get(newId())).toBeNull();
  });

  it('replaces only the version that was read, and counts versions up', async () => {
    const job = sampleJob();
    await insert(store(), job);
    expect(await store().replace({ ...job, state: 'converting' }, 1)).toBe(true);
    expect(await store().replace({ ...job, state: 'failed' }, 1)).toBe(false);
    const reading = await store().get(job.id);
    expect(reading?.job).toMatchObject({ state: 'converting', version: 2 });
  });

  it('keeps nothing of a field that a change has left out, and dates the change', async () => {
    const lease = { token: newId(), expiresAt: Date.now() };
    const rest = sampleJob({ state: 'converting' });
    await insert(store(), { ...rest, lease });
    expect(await store().replace({ ...rest, updatedAt: 0 }, 1)).toBe(true);
    const reading = await store().get(rest.id);
    expect(reading?.job).not.toHaveProperty('lease');
    expect(Math.abs((reading?.job.updatedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('lets exactly one of many concurrent writers win, redoable or not', async () => {
    const job = sampleJob();
    await insert(store(), job);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        store().replace({ ...job, attempts: n + 1 }, 1, { redoable: n % 2 === 0 }),
      ),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('removes only the version that was read', async () => {
    const job = sampleJob();
    await insert(store(), job);
    expect(await store().remove(job.id, 7)).toBe(false);
    expect(await store().remove(job.id, 1)).toBe(true);
    expect(await store().get(job.id)).toBeNull();
    expect(await store().remove(job.id, 1)).toBe(false);
  });

  it('does not bring back a removed job by a late write', async () => {
    const job = sampleJob();
    await insert(store(), job);
    await store().remove(job.id, 1);
    expect(await store().replace(job, 1)).toBe(false);
    expect(await store().get(job.id)).toBeNull();
  });

  it('keeps text of any script and quotes as it is', async () => {
    const job = sampleJob({
      source: { ...sampleJob().source, name: `Ω "x" 'y' 講演 עברית \u{1F3A5}.mp4` },
    });
    await insert(store(), job);
    expect((await store().get(job.id))?.job.source.name).toBe(job.source.name);
  });
}
