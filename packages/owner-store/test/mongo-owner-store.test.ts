import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshDatabase, LossyProxy, type FreshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import { MongoOwnerStore, openOwnerStore } from '../src/index.ts';
import { describeOwnerStore, sampleSettings } from '../testing/index.ts';

describeWithServer('mongodb', 'MongoOwnerStore', (server) => {
  let database: FreshDatabase;

  describeOwnerStore('mongodb', {
    open: () => {
      database = freshDatabase(server().url);
      return openOwnerStore(database.url);
    },
    openAgain: () => openOwnerStore(database.url),
    dispose: () => database.drop(),
  });

  describe('whose answers are lost', () => {
    let proxy: LossyProxy;
    let store: MongoOwnerStore;

    beforeEach(async () => {
      database = freshDatabase(server().url);
      proxy = await LossyProxy.open(database.url);
      store = MongoOwnerStore.open(proxy.url);
      await store.ping();
    });
    afterEach(async () => {
      await store.close();
      await proxy.close();
      await database.drop();
    });

    it('learns that its changes were made', async () => {
      const settings = sampleSettings();
      proxy.lose('insert');
      expect(await store.replace(settings, 0)).toBe(true);
      proxy.lose('update');
      expect(await store.replace(settings, 1)).toBe(true);
      expect(proxy.lost).toBe(2);
      expect((await store.get(settings.ownerId)).version).toBe(2);
    });

    it('does not take the change of somebody else for its own', async () => {
      const settings = sampleSettings();
      await store.replace(settings, 0);
      proxy.lose('insert');
      expect(await store.replace(settings, 0)).toBe(false);
      proxy.lose('update');
      expect(await store.replace(settings, 7)).toBe(false);
      expect(proxy.lost).toBe(2);
    });
  });
});

describe('a MongoDB owner store without its server', () => {
  it('is opened, and refuses everything', async () => {
    const store = await openOwnerStore('mongodb://127.0.0.1:1/owners');
    for (const call of [store.get('x'), store.replace(sampleSettings(), 0), store.ping()])
      await expect(call).rejects.toThrow(UnavailableError);
    await store.close();
  });
});
