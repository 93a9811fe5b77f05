import { expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

export function itKeepsIdempotencyKeys(store: () => JobStore): void {
  const keyed = (ownerId: string, key: string, index: number): ReturnType<typeof sampleJob> =>
    sampleJob({ ownerId, upload: { idempotencyKey: key, fingerprint: 'f', index } });

  it('belong to one upload of an owner', async () => {
    const ownerId = newId();
    const jobs = [keyed(ownerId, 'k', 0), keyed(ownerId, 'k', 1)];
    await insert(store(), ...jobs);
    expect((await store().findByIdempotencyKey(ownerId, 'k')).map(({ id }) => id)).toEqual(
      jobs.map(({ id }) => id),
    );
    expect(await store().findByIdempotencyKey(newId(), 'k')).toEqual([]);

    const second = newId();
    await store().openIntent({ id: second, ownerId, fileIds: [] });
    expect(await store().accept(second, [keyed(ownerId, 'k', 0)])).toBe('duplicate');
    expect(await store().list({ ownerId, limit: 10 })).toHaveLength(2);
    await insert(store(), keyed(newId(), 'k', 0));
  });

  it('are free again when a job no longer carries them', async () => {
    const ownerId = newId();
    const job = keyed(ownerId, 'k', 0);
    await insert(store(), job);
    await store().replace({ ...job, upload: { fingerprint: '', index: 0 } }, 1);
    expect(await store().findByIdempotencyKey(ownerId, 'k')).toEqual([]);
    await insert(store(), keyed(ownerId, 'k', 0));
  });

  it('stay taken as long as one job of the upload carries them', async () => {
    const ownerId = newId();
    const [second, first] = [keyed(ownerId, 'k', 1), keyed(ownerId, 'k', 0)];
    await insert(store(), second, first);
    expect((await store().findByIdempotencyKey(ownerId, 'k')).map(({ id }) => id)).toEqual([
      first.id,
      second.id,
    ]);
    await store().replace({ ...first, upload: { fingerprint: '', index: 0 } }, 1);
    expect((await store().findByIdempotencyKey(ownerId, 'k')).map(({ id }) => id)).toEqual([second.id]);
    const late = newId();
    await store().openIntent({ id: late, ownerId, fileIds: [] });
    expect(await store().accept(late, [keyed(ownerId, 'k', 0)])).toBe('duplicate');
    // It was not used up by that: the gateway drops it.
    expect(await store().dropIntent(late)).toBe(true);
    await store().remove(second.id, 1);
    await insert(store(), keyed(ownerId, 'k', 0));
    await store().remove(first.id, 2);
    expect(await store().findByIdempotencyKey(ownerId, 'k')).toHaveLength(1);
  });

  it('let one of many concurrent uploads win', async () => {
    const ownerId = newId();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const id = newId();
        await store().openIntent({ id, ownerId, fileIds: [] });
        return store().accept(id, [keyed(ownerId, 'k', 0), keyed(ownerId, 'k', 1)]);
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(await store().list({ ownerId, limit: 100 })).toHaveLength(2);
  });
}
