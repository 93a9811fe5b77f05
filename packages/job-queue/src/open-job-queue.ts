import { ConfigError, urlPath, urlScheme, type Log } from '@clipscribe/runtime';
import { AmqpJobQueue } from './amqp-job-queue.ts';
import type { JobQueue } from './job-queue.ts';
import { SqliteJobQueue } from './sqlite-job-queue.ts';

/**
 * Opens the queues that `QUEUE_URL` names: `sqlite:data/queue.db`, or `amqp://user:password@host/` (`amqps:` for TLS).
 * `soleOwner` is for the first opening of a database file in a process that alone uses it, before anything is consumed.
 * A broker need not be there yet.
 * @throws ConfigError for an address that no adapter knows, StartError when the database file cannot be used.
 */
export async function openJobQueue(
  url: string,
  options: { soleOwner?: boolean; log: Log },
): Promise<JobQueue> {
  const [scheme, path] = [urlScheme(url), urlPath(url)];
  if (scheme === 'sqlite' && path !== '') return Promise.resolve(SqliteJobQueue.open(path, options));
  if (scheme === 'amqp' || scheme === 'amqps') {
    return Promise.resolve(AmqpJobQueue.open(url, { log: options.log }));
  }
  throw new ConfigError(
    'QUEUE_URL must name a database file, as in sqlite:data/queue.db, or a broker, as in amqp://user:password@host/',
  );
}
