import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError, StartError } from '@clipscribe/runtime';
import { openUserStore, SqliteUserStore } from '../src/index.ts';
import { describeUserStore, sampleUser } from '../testing/index.ts';

let folder = '';

async function makeFolder(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'user-store-'));
}

async function removeFolder(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

const databasePath = (): string => join(folder, 'deep', 'users.db');

describeUserStore('sqlite', {
  open: async () => {
    await makeFolder();
    return openUserStore(`sqlite:${databasePath()}`);
  },
  reopen: () => openUserStore(`sqlite:${databasePath()}`),
  dispose: removeFolder,
});

describe('SqliteUserStore', () => {
  beforeEach(makeFolder);
  afterEach(removeFolder);

  it('records the version of its schema', async () => {
    await SqliteUserStore.open(databasePath()).close();
    using db = new DatabaseSync(databasePath());
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
  });

  it('brings the database of the release before up to date, and keeps its users', async () => {
    const user = sampleUser();
    const first = SqliteUserStore.open(databasePath());
    await first.create(user);
    await first.close();
    {
      using db = new DatabaseSync(databasePath());
      db.exec('DROP TABLE sign_in_attempts; PRAGMA user_version = 1');
    }
    const again = SqliteUserStore.open(databasePath());
    expect(await again.findById(user.id)).toMatchObject({ email: user.email });
    expect(await again.attempts('key')).toEqual([]);
    await again.close();
  });

  it('does not touch the database of a newer release', async () => {
    await SqliteUserStore.open(databasePath()).close();
    using db = new DatabaseSync(databasePath());
    db.exec('PRAGMA user_version = 99');
    expect(() => SqliteUserStore.open(databasePath())).toThrow(StartError);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  });
});

describe('openUserStore', () => {
  it.each(['postgres://localhost/users', 'users.db', 'sqlite:', ''])(
    'refuses "%s", naming the variable',
    async (url) => {
      await expect(openUserStore(url)).rejects.toThrow(ConfigError);
      await expect(openUserStore(url)).rejects.toThrow(/USERS_URL/);
    },
  );
});
