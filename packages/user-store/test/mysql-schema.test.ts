import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { StartError, UnavailableError } from '@clipscribe/runtime';
import { openUserStore, type UserStore } from '../src/index.ts';
import { sampleUser } from '../testing/index.ts';
import { describeSchema, makeDatabase, openAdmin, type FreshDatabase } from './support/fresh-database.ts';

describeWithServer('mariadb', 'the schema of MysqlUserStore', (server) => {
  let database: FreshDatabase;
  let stores: UserStore[];

  beforeEach(async () => {
    database = await makeDatabase(server().url);
    stores = [];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });

  async function open(): Promise<UserStore> {
    const store = await openUserStore(database.url);
    stores.push(store);
    return store;
  }

  it('is made by the first call, once', async () => {
    const store = await open();
    const [before] = await database.admin.query('SHOW TABLES');
    expect(before).toEqual([]);
    await store.ping();
    const schema = await describeSchema(database.admin);
    expect(Object.keys(schema)).toEqual([
      'revoked_tokens',
      'schema_migrations',
      'sign_in_attempts',
      'users',
      'versions',
    ]);
    expect(schema['versions']).toEqual([1, 2]);
    await (await open()).ping();
    expect(await describeSchema(database.admin)).toEqual(schema);
  });

  it('is made once when many start at the same time', async () => {
    const replicas = await Promise.all(Array.from({ length: 6 }, open));
    const made = await Promise.all(
      replicas.map((store) => store.create(sampleUser({ email: 'race@example.org' }))),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await describeSchema(database.admin)).toMatchObject({ versions: [1, 2] });
  });

  it('is completed when its making was interrupted', async () => {
    await (await open()).ping();
    const whole = await describeSchema(database.admin);
    await database.admin.query('DROP TABLE revoked_tokens; DELETE FROM schema_migrations');
    await (await open()).ping();
    expect(await describeSchema(database.admin)).toEqual(whole);
  });

  it('of the release before is brought up to date, and its users stay', async () => {
    const user = sampleUser();
    await (await open()).create(user);
    const whole = await describeSchema(database.admin);
    await database.admin.query(
      'DROP TABLE sign_in_attempts; DELETE FROM schema_migrations WHERE version = 2',
    );
    const store = await open();
    expect(await store.findById(user.id)).toMatchObject({ email: user.email });
    expect(await describeSchema(database.admin)).toEqual(whole);
  });

  it('is waited for no longer than any call while another process changes it', async () => {
    const other = await openAdmin(database.url);
    await other.query(`SELECT GET_LOCK(CONCAT('users:', DATABASE()), 0)`);
    const store = await open();
    await expect(store.ping()).rejects.toThrow(UnavailableError);
    await expect(store.ping()).rejects.toThrow(UnavailableError);
    await other.end();
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('of a newer release is not touched', async () => {
    await (await open()).ping();
    await database.admin.query('INSERT INTO schema_migrations VALUES (99, 0); DROP TABLE revoked_tokens');
    const refusal = expect.any(StartError);
    await expect((await open()).ping()).rejects.toMatchObject({ name: 'UnavailableError', cause: refusal });
    expect(await describeSchema(database.admin)).not.toHaveProperty('revoked_tokens');
  });
});
