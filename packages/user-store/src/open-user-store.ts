import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import { parseMysqlUrl } from './mysql-address.ts';
import { MysqlUserStore } from './mysql-user-store.ts';
import { SqliteUserStore } from './sqlite-user-store.ts';
import type { UserStore } from './user-store.ts';

/**
 * Opens the store that `USERS_URL` names, such as `sqlite:data/users.db` or `mysql://user:password@host/database`
 * (`mariadb:` means the same, `?tls=true` asks for TLS). Does not wait for a server: calls say when it is away.
 * @throws ConfigError for a URL that cannot be right, StartError when an embedded database cannot be used.
 */
export async function openUserStore(url: string): Promise<UserStore> {
  return Promise.resolve(storeOf(url));
}

function storeOf(url: string): UserStore {
  const scheme = urlScheme(url);
  if (scheme === 'mysql' || scheme === 'mariadb') return new MysqlUserStore(parseMysqlUrl(url));
  const path = urlPath(url);
  if (scheme === 'sqlite' && path !== '') return SqliteUserStore.open(path);
  // The URL may carry a password, so that it is not repeated here.
  throw new ConfigError(
    'USERS_URL must name a database, as in sqlite:data/users.db or mysql://user:password@host:3306/database',
  );
}
