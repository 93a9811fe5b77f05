import { dirname, join } from 'node:path';
import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import { MongoOwnerStore } from './mongo-owner-store.ts';
import type { OwnerStore } from './owner-store.ts';
import { SqliteOwnerStore } from './sqlite-owner-store.ts';

/** Where owners' settings are unless `OWNERS_URL` says otherwise: in the database of the jobs, or in a file beside it. */
export function ownersUrlBeside(jobsUrl: string): string {
  return urlScheme(jobsUrl) === 'sqlite' ? `sqlite:${join(dirname(urlPath(jobsUrl)), 'owners.db')}` : jobsUrl;
}

/**
 * Opens the owner store that `OWNERS_URL` names: `sqlite:…` (a file of its own), `mongodb://…` or `mongodb+srv://…`
 * (may be the database of the jobs). A server need not be up yet. @throws ConfigError, StartError
 */
export async function openOwnerStore(url: string): Promise<OwnerStore> {
  const scheme = urlScheme(url);
  switch (scheme) {
    case 'sqlite':
      return Promise.resolve(SqliteOwnerStore.open(urlPath(url)));
    case 'mongodb':
    case 'mongodb+srv':
      return Promise.resolve(MongoOwnerStore.open(url));
    default:
      throw new ConfigError(`OWNERS_URL must begin with sqlite: or mongodb:, not ${scheme}:`);
  }
}
