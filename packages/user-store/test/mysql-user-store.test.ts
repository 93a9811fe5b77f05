import { describe, expect, it } from '@jest/globals';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { openUserStore } from '../src/index.ts';
import { describeUserStore, sampleUser } from '../testing/index.ts';
import { makeDatabase, type FreshDatabase } from './support/fresh-database.ts';

describeWithServer('mariadb', 'MysqlUserStore', (server) => {
  let database: FreshDatabase;

  describeUserStore('mysql', {
    open: async () => {
      database = await makeDatabase(server().url);
      return openUserStore(database.url);
    },
    reopen: () => openUserStore(database.url),
    dispose: () => database.drop(),
  });

  describe('on a server whose defaults are lax', () => {
    it('refuses what it cannot store as it is, and commits', async () => {
      const lax = await makeDatabase(server().url);
      try {
        await lax.admin.query(`SET GLOBAL sql_mode = '', GLOBAL autocommit = 0`);
        const [store, other] = [await openUserStore(lax.url), await openUserStore(lax.url)];
        try {
          const long = sampleUser({ email: `${'x'.repeat(250)}@example.org` });
          await expect(store.create(long)).rejects.toMatchObject({ code: 'ER_DATA_TOO_LONG' });
          const user = sampleUser();
          await store.create(user);
          expect(await other.list({ limit: 10 })).toMatchObject([{ id: user.id }]);
        } finally {
          await store.close();
          await other.close();
        }
      } finally {
        await lax.admin.query('SET GLOBAL sql_mode = DEFAULT, GLOBAL autocommit = DEFAULT');
        await lax.drop();
      }
    });
  });
});
