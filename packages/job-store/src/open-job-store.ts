import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import type { JobStore } from './job-store.ts';
import { MongoJobStore } from './mongo-job-store.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';

/**
 * Opens the job store that `JOBS_URL` names: `sqlite:…`, `mongodb://…` or `mongodb+srv://…`. A server need not be up
 * yet. `soleOwner` concerns SQLite alone. @throws ConfigError, StartError
 */
export async function openJobStore(url: string, options: { soleOwner?: boolean } = {}): Promise<JobStore> {
  const scheme = urlScheme(url);
  switch (scheme) {
    case 'sqlite':
      return Promise.resolve(SqliteJobStore.open(urlPath(url), options));
    case 'mongodb':
    case 'mongodb+srv':
      return Promise.resolve(MongoJobStore.open(url));
    default:
      throw new ConfigError(`JOBS_URL must begin with sqlite: or mongodb:, not ${scheme}:`);
  }
}
