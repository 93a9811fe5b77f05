import { expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

const HOUR_MS = 3_600_000;

export function itFindsWhatExpires(store: () => JobStore): void {
  const ended = (hoursAgo: number, more: Partial<Job> = {}): Job =>
    sampleJob({
      state: 'succeeded',
      finishedAt: Date.now() - hoursAgo * HOUR_MS,
      audio: { state: 'done', progress: 1, fileId: newId() },
      ...more,
    });

  it('by the time of their end, the first ones first', async () => {
    const jobs = [ended(3), ended(5), ended(1), ended(4, { state: 'failed' })];
    await insert(store(), ...jobs);
    const [three, five, , four] = jobs.map(({ id }) => id);
    expect(await store().endedSince(2 * HOUR_MS, 'job', 10)).toEqual([five, four, three]);
    expect(await store().endedSince(2 * HOUR_MS, 'job', 2)).toEqual([five, four]);
    expect(await store().endedSince(6 * HOUR_MS, 'job', 10)).toEqual([]);
  });

  it('only as long as they have what is asked for', async () => {
    const { source } = sampleJob();
    const sourceless = ended(3, { source: { ...source, expiredAt: 1 } });
    const without = ended(2, { audio: { state: 'failed', progress: 0 } });
    const stage = { state: 'done', progress: 1 } as const;
    const earlier = ended(1, {
      audio: stage,
      earlierTranscripts: [{ ...stage, fileId: newId(), options: {}, askedAt: 1 }],
    });
    await insert(store(), sourceless, without, earlier);
    expect(await store().endedSince(0, 'source', 10)).toEqual([without.id, earlier.id]);
    expect(await store().endedSince(0, 'results', 10)).toEqual([sourceless.id, earlier.id]);
    expect(await store().endedSince(0, 'job', 10)).toEqual([sourceless.id, without.id, earlier.id]);
  });

  it('only when they are over and nothing is left to do for them', async () => {
    const over = ended(9);
    await insert(
      store(),
      over,
      ended(9, { dueAt: Date.now() + 60_000 }),
      ended(9, { state: 'queued' }),
      ended(9, { state: 'transcribing' }),
      ended(9, { state: 'deleting' }),
      ended(9, { state: 'deleted' }),
    );
    for (const having of ['source', 'results', 'job'] as const)
      expect(await store().endedSince(HOUR_MS, having, 10)).toEqual([over.id]);
  });
}
