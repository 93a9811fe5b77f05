import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import type { JobStore } from './job-store.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';

/** Opens the job store that `JOBS_URL` names. @throws ConfigError, StartError */
export async function openJobStore(url: string, options: { soleOwner?: boolean } = {}): Promise<JobStore> {
  if (urlScheme(url) === 'sqlite') return Promise.resolve(SqliteJobStore.open(urlPath(url), options));
  throw new ConfigError(`JOBS_URL must begin with sqlite:, not ${urlScheme(url)}:`);
}
