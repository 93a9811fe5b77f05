import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError, StartError, UnavailableError } from '@clipscribe/runtime';
import { openOwnerStore, ownersUrlBeside, SqliteOwnerStore } from '../src/index.ts';
import { describeOwnerStore, sampleSettings } from '../testing/index.ts';

let folder = '';
const newFolder = async (): Promise<string> => (folder = await mkdtemp(join(tmpdir(), 'clipscribe-owners-')));
const dropFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });

describeOwnerStore('sqlite', {
  open: async () => SqliteOwnerStore.open(join(await newFolder(), 'owners.db')),
  openAgain: () => openOwnerStore(`sqlite:${join(folder, 'owners.db')}`),
  dispose: dropFolder,
});

describe('the address of an owner store', () => {
  it.each([
    ['sqlite:data/jobs.db', 'sqlite:data/owners.db'],
    ['sqlite:jobs.db', 'sqlite:owners.db'],
    ['sqlite:///var/lib/jobs.db', 'sqlite:/var/lib/owners.db'],
    ['mongodb://db/clipscribe', 'mongodb://db/clipscribe'],
    ['mongodb+srv://db/clipscribe', 'mongodb+srv://db/clipscribe'],
  ])('is beside the jobs at %s', (jobsUrl, ownersUrl) => {
    expect(ownersUrlBeside(jobsUrl)).toBe(ownersUrl);
  });
});

describe('sqlite owner store', () => {
  beforeEach(newFolder);
  afterEach(dropFolder);

  it('keeps settings over a restart', async () => {
    const path = join(folder, 'owners.db');
    const settings = sampleSettings();
    const store = SqliteOwnerStore.open(path);
    await store.replace(settings, 0);
    await store.close();
    const again = SqliteOwnerStore.open(path);
    expect(await again.get(settings.ownerId)).toStrictEqual({ ...settings, version: 1 });
    await again.close();
  });

  it('is not available once it is closed', async () => {
    const store = SqliteOwnerStore.open(join(folder, 'owners.db'));
    await store.close();
    await expect(store.get('x')).rejects.toThrow(UnavailableError);
    await expect(store.ping()).rejects.toThrow('owner store is not available');
  });

  it('says in one line that a folder cannot be used, or an address is wrong', async () => {
    await expect(openOwnerStore('sqlite:/dev/null/owners.db')).rejects.toThrow(StartError);
    await expect(openOwnerStore('redis://x')).rejects.toThrow(/^OWNERS_URL /);
    await expect(openOwnerStore('mongodb://')).rejects.toThrow(ConfigError);
  });
});
