import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import { SqliteUserStore } from './sqlite-user-store.ts';
import type { UserStore } from './user-store.ts';

/**
 * Opens the store that `USERS_URL` names, such as `sqlite:data/users.db`.
 * @throws ConfigError for a scheme that no adapter knows, StartError when the store cannot be used.
 */
export async function openUserStore(url: string): Promise<UserStore> {
  const path = urlPath(url);
  if (urlScheme(url) === 'sqlite' && path !== '') return Promise.resolve(SqliteUserStore.open(path));
  // The URL may carry a password, so that it is not repeated here.
  throw new ConfigError('USERS_URL must name a database, as in sqlite:data/users.db');
}
