import { expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { sampleJob } from './sample-job.ts';

export function itKeepsIntents(store: () => JobStore): void {
  it('become jobs once, all of them', async () => {
    const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
    await store().openIntent(intent);
    const jobs = [sampleJob(), sampleJob()];
    expect(await store().accept(intent.id, jobs)).toBe('accepted');
    expect(await store().accept(intent.id, [sampleJob()])).toBe('lost');
    expect(await store().dropIntent(intent.id)).toBe(false);
    expect(await store().list({ limit: 10 })).toHaveLength(2);
    expect(await store().staleIntents(-60_000, 10)).toEqual([]);
  });

  it('that were swept accept nothing', async () => {
    const id = newId();
    await store().openIntent({ id, ownerId: newId(), fileIds: [] });
    expect(await store().dropIntent(id)).toBe(true);
    expect(await store().dropIntent(id)).toBe(false);
    expect(await store().touchIntent(id, [])).toBe(false);
    expect(await store().accept(id, [sampleJob()])).toBe('lost');
    expect(await store().list({ limit: 10 })).toEqual([]);
  });

  it('are either accepted or dropped when both happen at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = newId();
      const job = sampleJob();
      await store().openIntent({ id, ownerId: newId(), fileIds: [] });
      const accepting = (): Promise<string> => store().accept(id, [job]);
      const dropping = (): Promise<boolean> => store().dropIntent(id);
      const both = round % 2 === 0 ? [accepting(), dropping()] : [dropping(), accepting()];
      const outcomes = await Promise.all<string | boolean>(both);
      expect([
        ['accepted', false],
        ['lost', true],
      ]).toContainEqual(round % 2 === 0 ? outcomes : outcomes.reverse());
      expect((await store().get(job.id)) === null).toBe(outcomes.includes(true));
    }
  });

  it('are past touching, and protect nothing, once they are accepted', async () => {
    const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
    await store().openIntent(intent);
    expect(await store().accept(intent.id, [sampleJob()])).toBe('accepted');
    expect(await store().touchIntent(intent.id, [newId()])).toBe(false);
    expect(await store().isIntended(intent.fileIds[0] ?? '')).toBe(false);
  });

  it('that are stale are named in portions', async () => {
    for (let n = 0; n < 3; n += 1)
      await store().openIntent({ id: newId(), ownerId: newId(), fileIds: [newId()] });
    expect(await store().staleIntents(-60_000, 2)).toHaveLength(2);
    expect(await store().staleIntents(-60_000, 10)).toHaveLength(3);
  });

  it('protect their files and go stale when nobody touches them', async () => {
    const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
    const added = newId();
    await store().openIntent(intent);
    expect(await store().touchIntent(intent.id, [added])).toBe(true);
    expect(await store().isIntended(added)).toBe(true);
    expect(await store().isIntended(newId())).toBe(false);
    expect(await store().staleIntents(60_000, 10)).toEqual([]);
    const stale = await store().staleIntents(-60_000, 10);
    expect(stale).toHaveLength(1);
    expect(stale[0]).toMatchObject({ id: intent.id, ownerId: intent.ownerId });
    expect(stale[0]?.fileIds.toSorted()).toEqual([...intent.fileIds, added].toSorted());
    await store().dropIntent(intent.id);
    expect(await store().isIntended(added)).toBe(false);
  });
}
