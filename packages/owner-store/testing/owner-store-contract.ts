import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { changeSettings, defaultSettings, type OwnerStore } from '../src/index.ts';
import { sampleSettings } from './sample-settings.ts';

export interface OwnerStoreHarness {
  /** An empty store. */
  open: () => Promise<OwnerStore>;
  /** One more store on the same data. */
  openAgain: () => Promise<OwnerStore>;
  /** Frees what `open` made; called after the stores were closed. */
  dispose: () => Promise<void>;
}

/** What every owner store must do; each adapter runs it. */
export function describeOwnerStore(name: string, harness: OwnerStoreHarness): void {
  describe(`owner store contract: ${name}`, () => {
    let store: OwnerStore;
    let other: OwnerStore;

    beforeEach(async () => {
      store = await harness.open();
      other = await harness.openAgain();
    });
    afterEach(async () => {
      await store.close();
      await other.close();
      await harness.dispose();
    });

    it('gives the defaults for an owner who never chose anything', async () => {
      const ownerId = newId();
      expect(await store.get(ownerId)).toStrictEqual(defaultSettings(ownerId));
      expect(await store.get(ownerId)).toMatchObject({ version: 0, mail: { ready: true, failed: true } });
    });

    it('gives back what was stored, to everybody, with the next version', async () => {
      const settings = sampleSettings({ mail: { ready: false, failed: true } });
      expect(await store.replace(settings, 0)).toBe(true);
      expect(await other.get(settings.ownerId)).toStrictEqual({ ...settings, version: 1 });
      expect(await other.replace({ ...settings, webhooks: [] }, 1)).toBe(true);
      expect(await store.get(settings.ownerId)).toStrictEqual({ ...settings, webhooks: [], version: 2 });
    });

    it('keeps owners apart', async () => {
      const settings = sampleSettings();
      await store.replace(settings, 0);
      expect((await store.get(newId())).version).toBe(0);
    });

    it('replaces only the version that was read', async () => {
      const settings = sampleSettings();
      expect(await store.replace(settings, 1)).toBe(false);
      expect(await store.replace(settings, 0)).toBe(true);
      expect(await store.replace(settings, 0)).toBe(false);
      expect(await store.replace(settings, 2)).toBe(false);
      expect((await store.get(settings.ownerId)).version).toBe(1);
    });

    it.each([0, 1])('lets exactly one of many concurrent writers of version %d win', async (version) => {
      const settings = sampleSettings();
      if (version === 1) await store.replace(settings, 0);
      const wins = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).replace(settings, version)),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
    });

    it('loses none of several concurrent changes', async () => {
      const { ownerId, webhooks } = sampleSettings();
      const [webhook] = webhooks;
      const add = (): Promise<unknown> =>
        changeSettings(store, ownerId, (now) => ({
          ...now,
          webhooks: [...now.webhooks, ...(webhook === undefined ? [] : [{ ...webhook, id: newId() }])],
        }));
      await Promise.all(Array.from({ length: 5 }, add));
      expect(await store.get(ownerId)).toMatchObject({ version: 5 });
      expect((await store.get(ownerId)).webhooks).toHaveLength(5);
      expect(await changeSettings(store, ownerId, () => null)).toStrictEqual(await other.get(ownerId));
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}
