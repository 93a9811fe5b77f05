import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import type { Connection } from 'mysql2/promise';
import { openUserStore } from '../src/index.ts';
import { sampleUser } from '../testing/index.ts';
import { describeSchema, freshName, makeDatabase, openAdmin, urlOf } from './support/fresh-database.ts';

const file = await readFile(new URL('../../../init.sql', import.meta.url), 'utf8');
const password = 'a password with %, @, # and ö';

describeWithServer('mariadb', 'init.sql', (server) => {
  let admin: Connection;
  let [database, account] = ['', ''];
  let sql = '';

  beforeEach(async () => {
    admin = await openAdmin(server().url);
    [database, account] = [freshName(), freshName()];
    // The server may be one with a clipscribe of its own.
    sql = file.replaceAll('clipscribe_auth', account).replaceAll(/\bclipscribe\b/g, database);
  });
  afterEach(async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${database}; DROP USER IF EXISTS '${account}'@'%'`);
    await admin.end();
  });

  /** The statement that the file tells the operator to run. */
  async function setPassword(): Promise<void> {
    const statement = /ALTER USER .*;/.exec(sql)?.[0] ?? '';
    await admin.query(statement.replace('<a long random password>', password));
  }

  const urlOfAccount = (): string => urlOf(server().url, database, { name: account, password });

  it('makes exactly what the service would make', async () => {
    const migrated = await makeDatabase(server().url);
    const store = await openUserStore(migrated.url);
    try {
      await store.ping();
      await admin.query(sql);
      expect(await describeSchema(admin)).toEqual(await describeSchema(migrated.admin));
    } finally {
      await store.close();
      await migrated.drop();
    }
  });

  it('leaves nothing for the service to do, and changes nothing when it is run again', async () => {
    await admin.query(sql);
    const schema = await describeSchema(admin);
    await setPassword();
    const [account1] = await admin.query(`SHOW CREATE USER '${account}'@'%'`);
    const store = await openUserStore(urlOfAccount());
    try {
      const user = sampleUser();
      await store.create(user);
      expect(await describeSchema(admin)).toEqual(schema);
      await admin.query(sql);
      expect(await describeSchema(admin)).toEqual(schema);
      expect(await store.findById(user.id)).not.toBeNull();
      const [account2] = await admin.query(`SHOW CREATE USER '${account}'@'%'`);
      expect(account2).toEqual(account1);
    } finally {
      await store.close();
    }
  });

  it('lets nobody in before the operator has set a password', async () => {
    await admin.query(sql);
    for (const attempt of ['', password]) {
      const store = await openUserStore(urlOf(server().url, database, { name: account, password: attempt }));
      // "Access denied" with or without "this account is locked", depending on the server and the password.
      const refused = { cause: { message: expect.stringMatching(/denied|locked/) } };
      await expect(store.ping()).rejects.toMatchObject(refused);
      await store.close();
    }
  });

  it('gives the account what the service needs, and no more', async () => {
    await admin.query(sql);
    await setPassword();
    const connection = await openAdmin(urlOfAccount());
    try {
      for (const allowed of [
        'CREATE TABLE IF NOT EXISTS more (id INT PRIMARY KEY)',
        'ALTER TABLE more ADD COLUMN name VARCHAR(10)',
        'CREATE INDEX more_by_name ON more (name)',
      ])
        await connection.query(allowed);
      for (const refused of [
        'DROP TABLE users',
        'TRUNCATE TABLE users',
        `DROP DATABASE ${database}`,
        `CREATE DATABASE ${freshName()}`,
        'SELECT * FROM mysql.user',
        `CREATE USER '${freshName()}'@'%'`,
        `GRANT SELECT ON ${database}.* TO '${account}'@'%'`,
        'LOCK TABLES users READ',
        `SELECT 1 INTO OUTFILE '/tmp/${database}'`,
      ])
        await expect(connection.query(refused)).rejects.toMatchObject({
          code: expect.stringMatching(/DENIED|SPECIFIC_ACCESS/),
        });
    } finally {
      await connection.end();
    }
  });

  it('is enough for a service that may not change the schema', async () => {
    await admin.query(sql);
    await setPassword();
    await admin.query(/REVOKE .*;/.exec(sql)?.[0] ?? '');
    const store = await openUserStore(urlOfAccount());
    try {
      expect(await store.create(sampleUser())).toBe(true);
      await store.revokeToken('token', 1);
      expect(await store.dropExpiredRevocations(2)).toBe(1);
    } finally {
      await store.close();
    }
  });

  it('lets a new release change the schema of an earlier one after it was run again', async () => {
    await admin.query(sql);
    await setPassword();
    const schema = await describeSchema(admin);
    await admin.query('DROP TABLE sign_in_attempts; DELETE FROM schema_migrations WHERE version > 1');
    await admin.query(/REVOKE .*;/.exec(sql)?.[0] ?? '');
    await admin.query(sql);
    const store = await openUserStore(urlOfAccount());
    try {
      await store.ping();
      expect(await describeSchema(admin)).toEqual(schema);
    } finally {
      await store.close();
    }
  });

  it('does not call the database of an earlier release up to date', async () => {
    await admin.query(sql);
    await admin.query('DELETE FROM schema_migrations WHERE version > 1');
    await admin.query(sql);
    expect(await describeSchema(admin)).toMatchObject({ versions: [1] });
  });
});
