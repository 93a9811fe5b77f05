import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';
import { sampleJob } from './sample-job.ts';

export interface JobStoreHarness {
  /** An empty store. */
  open: () => Promise<JobStore>;
  /** Frees what `open` made; called after the store was closed. */
  dispose?: () => Promise<void>;
}

/** What every job store must do; each adapter runs it. */
export function describeJobStore(name: string, harness: JobStoreHarness): void {
  describe(`job store contract: ${name}`, () => {
    let store: JobStore;

    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.dispose?.();
    });

    async function insert(...jobs: ReturnType<typeof sampleJob>[]): Promise<void> {
      const id = newId();
      await store.openIntent({ id, ownerId: newId(), fileIds: [] });
      expect(await store.accept(id, jobs)).toBe('accepted');
    }

    describe('jobs', () => {
      it('gives back what was accepted, with the time of the store', async () => {
        const job = sampleJob({
          chunks: [
            { index: 0, startSeconds: 0, endSeconds: 2.5, fileId: newId(), state: 'pending', attempts: 0 },
          ],
        });
        await insert(job);
        const reading = await store.get(job.id);
        expect(reading?.job).toEqual(job);
        expect(Math.abs((reading?.now ?? 0) - Date.now())).toBeLessThan(60_000);
        expect(await store.get(newId())).toBeNull();
      });

      it('replaces only the version that was read, and counts versions up', async () => {
        const job = sampleJob();
        await insert(job);
        expect(await store.replace({ ...job, state: 'converting' }, 1)).toBe(true);
        expect(await store.replace({ ...job, state: 'failed' }, 1)).toBe(false);
        const reading = await store.get(job.id);
        expect(reading?.job).toMatchObject({ state: 'converting', version: 2 });
      });

      it('lets exactly one of many concurrent writers win, redoable or not', async () => {
        const job = sampleJob();
        await insert(job);
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            store.replace({ ...job, attempts: n + 1 }, 1, { redoable: n % 2 === 0 }),
          ),
        );
        expect(results.filter(Boolean)).toHaveLength(1);
      });

      it('removes only the version that was read', async () => {
        const job = sampleJob();
        await insert(job);
        expect(await store.remove(job.id, 7)).toBe(false);
        expect(await store.remove(job.id, 1)).toBe(true);
        expect(await store.get(job.id)).toBeNull();
        expect(await store.remove(job.id, 1)).toBe(false);
      });

      it('does not bring back a removed job by a late write', async () => {
        const job = sampleJob();
        await insert(job);
        await store.remove(job.id, 1);
        expect(await store.replace(job, 1)).toBe(false);
        expect(await store.get(job.id)).toBeNull();
      });

      it('keeps text of any script and quotes as it is', async () => {
        const job = sampleJob({
          source: { ...sampleJob().source, name: `Ω "x" 'y' 講演 עברית \u{1F3A5}.mp4` },
        });
        await insert(job);
        expect((await store.get(job.id))?.job.source.name).toBe(job.source.name);
      });
    });

    describe('list', () => {
      it('pages newest first, by owner and state, without what is being deleted', async () => {
        const ownerId = newId();
        const mine = Array.from({ length: 5 }, () => sampleJob({ ownerId }));
        const gone = sampleJob({ ownerId, state: 'deleting' });
        await insert(...mine, gone, sampleJob(), sampleJob({ ownerId: newId(), state: 'failed' }));
        const newestFirst = mine.map(({ id }) => id).reverse();

        const first = await store.list({ ownerId, limit: 2 });
        expect(first.map(({ id }) => id)).toEqual(newestFirst.slice(0, 2));
        const rest = await store.list({ ownerId, limit: 10, cursor: first[1]?.id ?? '' });
        expect(rest.map(({ id }) => id)).toEqual(newestFirst.slice(2));
        expect(await store.list({ ownerId, limit: 10, state: 'failed' })).toEqual([]);
        expect(await store.list({ limit: 10, state: 'failed' })).toHaveLength(1);
        expect(await store.list({ limit: 100 })).toHaveLength(7);
      });

      it('is empty for an owner without jobs', async () => {
        expect(await store.list({ ownerId: newId(), limit: 10 })).toEqual([]);
      });
    });

    describe('due', () => {
      it('names the overdue jobs, the longest overdue first, and never one without a date', async () => {
        const now = await store.now();
        const late = sampleJob({ dueAt: now - 1000 });
        const later = sampleJob({ dueAt: now - 5000 });
        await insert(late, later, sampleJob({ dueAt: now + 600_000 }), sampleJob({ dueAt: null }));
        expect(await store.due(10)).toEqual([later.id, late.id]);
        expect(await store.due(1)).toEqual([later.id]);
        await store.replace({ ...later, dueAt: null }, 1);
        expect(await store.due(10)).toEqual([late.id]);
      });
    });

    describe('intents', () => {
      it('become jobs once, all of them', async () => {
        const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
        await store.openIntent(intent);
        const jobs = [sampleJob(), sampleJob()];
        expect(await store.accept(intent.id, jobs)).toBe('accepted');
        expect(await store.accept(intent.id, [sampleJob()])).toBe('lost');
        expect(await store.dropIntent(intent.id)).toBe(false);
        expect(await store.list({ limit: 10 })).toHaveLength(2);
        expect(await store.staleIntents(-60_000, 10)).toEqual([]);
      });

      it('that were swept accept nothing', async () => {
        const id = newId();
        await store.openIntent({ id, ownerId: newId(), fileIds: [] });
        expect(await store.dropIntent(id)).toBe(true);
        expect(await store.dropIntent(id)).toBe(false);
        expect(await store.touchIntent(id, [])).toBe(false);
        expect(await store.accept(id, [sampleJob()])).toBe('lost');
        expect(await store.list({ limit: 10 })).toEqual([]);
      });

      it('protect their files and go stale when nobody touches them', async () => {
        const intent = { id: newId(), ownerId: newId(), fileIds: [newId()] };
        const added = newId();
        await store.openIntent(intent);
        expect(await store.touchIntent(intent.id, [added])).toBe(true);
        expect(await store.isIntended(added)).toBe(true);
        expect(await store.isIntended(newId())).toBe(false);
        expect(await store.staleIntents(60_000, 10)).toEqual([]);
        const stale = await store.staleIntents(-60_000, 10);
        expect(stale).toHaveLength(1);
        expect(stale[0]).toMatchObject({ id: intent.id, ownerId: intent.ownerId });
        expect(stale[0]?.fileIds.toSorted()).toEqual([...intent.fileIds, added].toSorted());
        await store.dropIntent(intent.id);
        expect(await store.isIntended(added)).toBe(false);
      });
    });

    describe('idempotency keys', () => {
      const keyed = (ownerId: string, key: string, index: number): ReturnType<typeof sampleJob> =>
        sampleJob({ ownerId, upload: { idempotencyKey: key, fingerprint: 'f', index } });

      it('belong to one upload of an owner', async () => {
        const ownerId = newId();
        const jobs = [keyed(ownerId, 'k', 0), keyed(ownerId, 'k', 1)];
        await insert(...jobs);
        expect((await store.findByIdempotencyKey(ownerId, 'k')).map(({ id }) => id)).toEqual(
          jobs.map(({ id }) => id),
        );
        expect(await store.findByIdempotencyKey(newId(), 'k')).toEqual([]);

        const second = newId();
        await store.openIntent({ id: second, ownerId, fileIds: [] });
        expect(await store.accept(second, [keyed(ownerId, 'k', 0)])).toBe('duplicate');
        expect(await store.list({ ownerId, limit: 10 })).toHaveLength(2);
        await insert(keyed(newId(), 'k', 0));
      });

      it('are free again when a job no longer carries them', async () => {
        const ownerId = newId();
        const job = keyed(ownerId, 'k', 0);
        await insert(job);
        await store.replace({ ...job, upload: { fingerprint: '', index: 0 } }, 1);
        expect(await store.findByIdempotencyKey(ownerId, 'k')).toEqual([]);
        await insert(keyed(ownerId, 'k', 0));
      });

      it('let one of many concurrent uploads win', async () => {
        const ownerId = newId();
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, async () => {
            const id = newId();
            await store.openIntent({ id, ownerId, fileIds: [] });
            return store.accept(id, [keyed(ownerId, 'k', 0), keyed(ownerId, 'k', 1)]);
          }),
        );
        expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
        expect(await store.list({ ownerId, limit: 100 })).toHaveLength(2);
      });
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}
