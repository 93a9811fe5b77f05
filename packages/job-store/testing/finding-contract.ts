import { expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

export function itFindsJobs(store: () => JobStore): void {
  it('pages newest first, by owner and state, without what is being deleted', async () => {
    const ownerId = newId();
    const mine = Array.from({ length: 5 }, () => sampleJob({ ownerId }));
    const gone = sampleJob({ ownerId, state: 'deleting' });
    await insert(store(), ...mine, gone, sampleJob(), sampleJob({ ownerId: newId(), state: 'failed' }));
    const newestFirst = mine.map(({ id }) => id).reverse();

    const first = await store().list({ ownerId, limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(newestFirst.slice(0, 2));
    const rest = await store().list({ ownerId, limit: 10, cursor: first[1]?.id ?? '' });
    expect(rest.map(({ id }) => id)).toEqual(newestFirst.slice(2));
    expect(await store().list({ ownerId, limit: 10, state: 'failed' })).toEqual([]);
    expect(await store().list({ limit: 10, state: 'failed' })).toHaveLength(1);
    expect(await store().list({ limit: 100 })).toHaveLength(7);
  });

  it('gives a long page whole', async () => {
    const ownerId = newId();
    const uploads = Array.from({ length: 12 }, () =>
      Array.from({ length: 20 }, () => sampleJob({ ownerId })),
    );
    for (const jobs of uploads) await insert(store(), ...jobs);
    const listed = await store().list({ ownerId, limit: 230 });
    const newestFirst = uploads.flatMap((jobs) => jobs.map(({ id }) => id)).reverse();
    expect(listed.map(({ id }) => id)).toEqual(newestFirst.slice(0, 230));
  });

  it('is empty for an owner without jobs', async () => {
    expect(await store().list({ ownerId: newId(), limit: 10 })).toEqual([]);
  });

  it('names the overdue jobs, the longest overdue first, and never one without a date', async () => {
    const now = await store().now();
    const late = sampleJob({ dueAt: now - 1000 });
    const later = sampleJob({ dueAt: now - 5000 });
    await insert(store(), late, later, sampleJob({ dueAt: now + 600_000 }), sampleJob({ dueAt: null }));
    expect(await store().due(10)).toEqual([later.id, late.id]);
    expect(await store().due(1)).toEqual([later.id]);
    await store().replace({ ...later, dueAt: null }, 1);
    expect(await store().due(10)).toEqual([late.id]);
  });
}
