import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, embeddedServices, withDefaults } from '../src/index.ts';

describe('embeddedServices', () => {
  it('points into the folder', () => {
    expect(embeddedServices('data')).toEqual({
      USERS_URL: 'sqlite:data/users.db',
      JOBS_URL: 'sqlite:data/jobs.db',
      FILES_URL: 'file:data/store',
      QUEUE_URL: 'sqlite:data/queue.db',
      MAIL_URL: 'file:data/outbox',
    });
  });
});

describe('withDefaults', () => {
  it('keeps what is set, and counts what is empty as not set', () => {
    const given = { USERS_URL: 'mysql://db/users', JOBS_URL: '', PORT: '80', HOST: '', TZ: undefined };
    expect(withDefaults(given, { USERS_URL: 'sqlite:u', JOBS_URL: 'sqlite:j' })).toEqual({
      ...{ USERS_URL: 'mysql://db/users', PORT: '80' },
      JOBS_URL: 'sqlite:j',
    });
  });

  it('reads what a _FILE names, instead of hiding it behind the default', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-defaults-'));
    try {
      await writeFile(join(folder, 'url'), 'mysql://db/users\n');
      const given = { USERS_URL_FILE: join(folder, 'url') };
      expect(withDefaults(given, { USERS_URL: 'sqlite:u' })['USERS_URL']).toBe('mysql://db/users');
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(() => withDefaults({ USERS_URL_FILE: '/no/such/file' }, { USERS_URL: 'sqlite:u' })).toThrow(
      ConfigError,
    );
  });
});
