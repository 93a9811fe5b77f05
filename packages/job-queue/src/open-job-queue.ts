import { ConfigError, urlPath, urlScheme, type Log } from '@clipscribe/runtime';
import type { JobQueue } from './job-queue.ts';
import { SqliteJobQueue } from './sqlite-job-queue.ts';

/**
 * Opens the queues that `QUEUE_URL` names, such as `sqlite:data/queue.db`. `soleOwner` is for the first opening in
 * a process that alone uses them, before anything is consumed.
 * @throws ConfigError for a scheme that no adapter knows, StartError when the queues cannot be used.
 */
export async function openJobQueue(
  url: string,
  options: { soleOwner?: boolean; log: Log },
): Promise<JobQueue> {
  const path = urlPath(url);
  if (urlScheme(url) === 'sqlite' && path !== '') return Promise.resolve(SqliteJobQueue.open(path, options));
  throw new ConfigError('QUEUE_URL must name a database file, as in sqlite:data/queue.db');
}
