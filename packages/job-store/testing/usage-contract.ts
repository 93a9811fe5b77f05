import { expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';
import { sampleUpload } from './resumable-contract.ts';

const HOUR_MS = 3_600_000;

export function itKnowsUsage(store: () => JobStore): void {
  const converted = (ownerId: string, hoursAgo: number, seconds: number, more: Partial<Job> = {}): Job => {
    const finishedAt = Date.now() - hoursAgo * HOUR_MS;
    const audio = { fileId: newId(), bytes: 100, durationSeconds: seconds, finishedAt };
    return sampleJob({
      ownerId,
      state: 'succeeded',
      finishedAt,
      audio: { state: 'done', progress: 1, ...audio },
      ...more,
    });
  };
  const seconds = async (ownerId: string): Promise<number> => {
    const { heard } = await store().usage(ownerId);
    return heard.reduce((sum, hour) => sum + hour.seconds, 0);
  };

  /** By the clock of the store, which may tell apart no less. */
  const nextMillisecond = async (): Promise<void> => {
    const before = await store().now();
    while ((await store().now()) <= before);
  };

  it('is nothing for somebody who has nothing', async () => {
    await insert(store(), sampleJob());
    const usage = await store().usage(newId());
    expect(usage).toMatchObject({
      storedBytes: 0,
      activeJobs: 0,
      heard: [],
      reserved: { bytes: 0, jobs: 0 },
    });
    expect(Math.abs(usage.now - Date.now())).toBeLessThan(60_000);
  });

  it('adds up what the jobs of an owner keep, and those that are not over', async () => {
    const ownerId = newId();
    const done = converted(ownerId, 1, 60, {
      transcript: { state: 'done', progress: 1, fileId: newId(), bytes: 20 },
      earlierTranscripts: [
        { state: 'done', progress: 1, fileId: newId(), bytes: 3, options: {}, askedAt: 1 },
        { state: 'failed', progress: 0, options: {}, askedAt: 2 },
      ],
    });
    await insert(store(), done, sampleJob({ ownerId }), sampleJob({ ownerId, state: 'transcribing' }));
    await insert(store(), sampleJob(), converted(newId(), 1, 60));
    expect(await store().usage(ownerId)).toMatchObject({ storedBytes: 3123, activeJobs: 2 });
  });

  it('counts no file that has expired or was deleted', async () => {
    const ownerId = newId();
    const audio = { state: 'done', progress: 1, bytes: 100, durationSeconds: 60 } as const;
    const { source } = sampleJob();
    await insert(
      store(),
      sampleJob({ ownerId, state: 'succeeded', audio, source: { ...source, expiredAt: 1 } }),
      sampleJob({ ownerId, state: 'deleted' }),
    );
    expect(await store().usage(ownerId)).toMatchObject({ storedBytes: 0, activeJobs: 0 });
  });

  it('follows every change of a job', async () => {
    const job = sampleJob();
    await insert(store(), job);
    expect(await store().usage(job.ownerId)).toMatchObject({ storedBytes: 1000, activeJobs: 1 });
    await store().replace({ ...job, state: 'failed', finishedAt: Date.now() }, 1);
    expect(await store().usage(job.ownerId)).toMatchObject({ storedBytes: 1000, activeJobs: 0 });
    await store().remove(job.id, 2);
    expect(await store().usage(job.ownerId)).toMatchObject({ storedBytes: 0, activeJobs: 0 });
  });

  it('says what was worked through in the last 24 hours, by the hour', async () => {
    const ownerId = newId();
    const jobs = [converted(ownerId, 25, 7), converted(ownerId, 23, 60), converted(ownerId, 0.001, 5)];
    await insert(store(), ...jobs, converted(newId(), 1, 90));
    const { heard } = await store().usage(ownerId);
    expect(heard).toEqual(
      [jobs[1], jobs[2]].map((job) => ({
        until: job?.audio.finishedAt,
        seconds: job?.audio.durationSeconds,
      })),
    );
    await insert(store(), converted(ownerId, 0.001, 5));
    expect(await seconds(ownerId)).toBe(70);
  });

  it('counts a recording again for each further version of its transcript', async () => {
    const ownerId = newId();
    const version = (hoursAgo: number): { askedAt: number } => ({ askedAt: Date.now() - hoursAgo * HOUR_MS });
    const stage = { state: 'done', progress: 1, options: {} } as const;
    await insert(
      store(),
      converted(ownerId, 40, 60, {
        earlierTranscripts: [
          { ...stage, ...version(41) },
          { ...stage, ...version(5) },
        ],
        transcriptRequest: version(1),
      }),
    );
    expect(await seconds(ownerId)).toBe(120);
  });

  it('counts uploads under way with what they reserve, until they are jobs or dropped', async () => {
    const ownerId = newId();
    const [one, two] = [newId(), newId()];
    const reserved = async () => (await store().usage(ownerId)).reserved;
    await store().openIntent({ id: one, ownerId, fileIds: [], reservedBytes: 500, reservedJobs: 2 });
    await store().openIntent({ id: two, ownerId, fileIds: [] });
    await store().openIntent({ id: newId(), ownerId: newId(), fileIds: [], reservedBytes: 9 });
    expect(await reserved()).toEqual({ bytes: 500, jobs: 3 });
    await store().touchIntent(two, [newId()]);
    expect(await reserved()).toEqual({ bytes: 500, jobs: 3 });
    await store().touchIntent(two, [newId()], { bytes: 70, jobs: 4 });
    expect(await reserved()).toEqual({ bytes: 570, jobs: 6 });
    await store().dropIntent(two);
    await store().accept(one, [sampleJob({ ownerId })]);
    expect(await store().usage(ownerId)).toMatchObject({
      reserved: { bytes: 0, jobs: 0 },
      storedBytes: 1000,
      activeJobs: 1,
    });
  });

  it('counts resumable uploads with their whole length', async () => {
    const upload = sampleUpload({ length: 12_345 });
    await store().openUpload(upload);
    expect((await store().usage(upload.ownerId)).reserved).toEqual({ bytes: 12_345, jobs: 1 });
    expect((await store().usage(upload.ownerId, { without: upload.id })).reserved.jobs).toBe(0);
    await store().dropIntent(upload.id);
    expect((await store().usage(upload.ownerId)).reserved).toEqual({ bytes: 0, jobs: 0 });
  });

  it('leaves out the upload that asks, and if so wanted those that came after it', async () => {
    const ownerId = newId();
    const ids = [newId(), newId(), newId()];
    for (const [n, id] of ids.entries()) {
      await store().openIntent({ id, ownerId, fileIds: [], reservedBytes: 10 ** n });
      await nextMillisecond();
    }
    const [, middle = ''] = ids;
    expect((await store().usage(ownerId)).reserved).toEqual({ bytes: 111, jobs: 3 });
    expect((await store().usage(ownerId, { without: middle })).reserved).toEqual({ bytes: 101, jobs: 2 });
    const older = await store().usage(ownerId, { without: middle, olderOnly: true });
    expect(older.reserved).toEqual({ bytes: 1, jobs: 1 });
  });

  it('never lets two that begin at once overlook each other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ownerId = newId();
      const seen = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const id = newId();
          await store().openIntent({ id, ownerId, fileIds: [] });
          return (await store().usage(ownerId, { without: id, olderOnly: true })).reserved.jobs;
        }),
      );
      expect(seen.filter((others) => others === 0).length).toBeLessThanOrEqual(1);
    }
  });
}
