import { join } from 'node:path';
import { readVariable, type Env } from './config.ts';

/** Where everything is kept on one machine, unless `DATA_DIR` says otherwise. */
export const DATA_FOLDER = 'data';

/** The variables that name backing services, each pointing to the embedded one in this folder. */
export function embeddedServices(folder: string): Readonly<Record<string, string>> {
  return {
    USERS_URL: `sqlite:${join(folder, 'users.db')}`,
    JOBS_URL: `sqlite:${join(folder, 'jobs.db')}`,
    FILES_URL: `file:${join(folder, 'store')}`,
    QUEUE_URL: `sqlite:${join(folder, 'queue.db')}`,
    MAIL_URL: `file:${join(folder, 'outbox')}`,
  };
}

/**
 * The given environment, and the defaults for what is not set in it, neither directly nor by a `…_FILE`.
 * @throws ConfigError for such a file that cannot be read
 */
export function withDefaults(given: Env, defaults: Readonly<Record<string, string>>): Env {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== '') env[name] = value;
  for (const [name, value] of Object.entries(defaults)) env[name] = readVariable(given, name) ?? value;
  return env;
}
