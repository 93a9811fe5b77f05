import { expect, it } from '@jest/globals';
import { newId, uploadOptionsSchema, type ResumableUpload } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { sampleJob } from './sample-job.ts';

/** A fresh resumable upload of which nothing is there yet; every field may be overridden. */
export function sampleUpload(overrides: Partial<ResumableUpload> = {}): ResumableUpload {
  const now = Date.now();
  return {
    id: newId(),
    version: 1,
    ownerId: newId(),
    ownerEmail: 'ada@example.org',
    length: 1000,
    parts: [],
    pending: [],
    name: 'talk.mp4',
    options: uploadOptionsSchema.parse({}),
    metadata: 'filename dGFsay5tcDQ=',
    createdAt: now,
    expiresAt: now + 86_400_000,
    ...overrides,
  };
}

export function itKeepsResumableUploads(store: () => JobStore): void {
  const whole = (upload: ResumableUpload): ResumableUpload => ({
    ...upload,
    parts: [{ fileId: newId(), bytes: upload.length }],
  });

  it('are given back as they were, with the time of the store', async () => {
    const upload = sampleUpload({ lock: { token: newId(), expiresAt: 5, releaseRequested: true } });
    await store().openUpload(upload);
    const reading = await store().getUpload(upload.id);
    expect(reading?.upload).toStrictEqual(upload);
    expect(Math.abs((reading?.now ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await store().getUpload(newId())).toBeNull();
  });

  it('are no other intents, and those are none of them', async () => {
    const intent = newId();
    await store().openIntent({ id: intent, ownerId: newId(), fileIds: [] });
    expect(await store().getUpload(intent)).toBeNull();
    const upload = sampleUpload();
    await store().openUpload(upload);
    expect((await store().staleIntents(-60_000, 10)).map(({ id }) => id)).toEqual([intent]);
    expect(await store().touchIntent(upload.id, [])).toBe(false);
  });

  it('are replaced only in the version that was read, and keep nothing that was left out', async () => {
    const upload = sampleUpload();
    await store().openUpload({ ...upload, lock: { token: newId(), expiresAt: 5 } });
    expect(await store().replaceUpload({ ...upload, pending: [newId()] }, 2)).toBe(false);
    expect(await store().replaceUpload(upload, 1)).toBe(true);
    expect(await store().replaceUpload(upload, 1)).toBe(false);
    expect((await store().getUpload(upload.id))?.upload).toStrictEqual({ ...upload, version: 2 });
  });

  it('let exactly one of many concurrent writers win', async () => {
    const upload = sampleUpload();
    await store().openUpload(upload);
    const write = (): Promise<boolean> => store().replaceUpload({ ...upload, pending: [newId()] }, 1);
    const outcomes = await Promise.all(Array.from({ length: 10 }, write));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('protect the files that they name, and no longer those that they named', async () => {
    const [part, pending, next] = [newId(), newId(), newId()];
    const upload = sampleUpload({ parts: [{ fileId: part, bytes: 1 }], pending: [pending] });
    await store().openUpload(upload);
    const intended = (): Promise<boolean[]> =>
      Promise.all([part, pending, next].map((id) => store().isIntended(id)));
    expect(await intended()).toEqual([true, true, false]);
    await store().replaceUpload({ ...upload, parts: [{ fileId: next, bytes: 2 }], pending: [] }, 1);
    expect(await intended()).toEqual([false, false, true]);
    await store().dropIntent(upload.id);
    expect(await intended()).toEqual([false, false, false]);
  });

  it('are due when all bytes are there or when they expire, the first due first', async () => {
    const now = await store().now();
    const young = sampleUpload({ expiresAt: now + 600_000 });
    const old = sampleUpload({ expiresAt: now - 10 });
    const older = sampleUpload({ expiresAt: now - 1000 });
    for (const upload of [young, old, older]) await store().openUpload(upload);
    expect(await store().dueUploads(10)).toEqual([older.id, old.id]);
    expect(await store().dueUploads(1)).toEqual([older.id]);
    await store().replaceUpload(whole(young), 1);
    await store().replaceUpload({ ...old, expiresAt: now + 600_000 }, 1);
    expect(await store().dueUploads(10)).toEqual([young.id, older.id]);
  });

  it('are counted for their owner', async () => {
    const ownerId = newId();
    for (const length of [70, 10e9]) await store().openUpload(sampleUpload({ ownerId, length }));
    await store().openUpload(sampleUpload());
    await store().openIntent({ id: newId(), ownerId, fileIds: [] });
    expect((await store().usage(ownerId)).reserved).toEqual({ jobs: 3, bytes: 10e9 + 70 });
    expect((await store().usage(newId())).reserved).toEqual({ jobs: 0, bytes: 0 });
  });

  it('become a job once, and are gone then', async () => {
    const upload = whole(sampleUpload());
    await store().openUpload(upload);
    const job = sampleJob({ id: upload.id, ownerId: upload.ownerId });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => store().accept(upload.id, [job])));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(await store().getUpload(upload.id)).toBeNull();
    expect(await store().replaceUpload(upload, 1)).toBe(false);
    expect(await store().dueUploads(10)).toEqual([]);
    expect(await store().dropIntent(upload.id)).toBe(false);
    expect(await store().list({ limit: 10 })).toHaveLength(1);
    expect((await store().get(upload.id))?.job).toStrictEqual(job);
    expect((await store().usage(upload.ownerId)).reserved).toEqual({ jobs: 0, bytes: 0 });
  });

  it('that were dropped accept and keep nothing', async () => {
    const upload = sampleUpload();
    await store().openUpload(upload);
    expect(await store().dropIntent(upload.id)).toBe(true);
    expect(await store().replaceUpload(upload, 1)).toBe(false);
    expect(await store().getUpload(upload.id)).toBeNull();
    expect(await store().accept(upload.id, [sampleJob()])).toBe('lost');
  });
}
