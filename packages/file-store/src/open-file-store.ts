import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import type { FileStore } from './file-store.ts';
import { GridfsFileStore } from './gridfs-file-store.ts';
import { LocalFileStore } from './local-file-store.ts';

/**
 * Opens the store that `FILES_URL` names, such as `file:data/files` or `mongodb://user:password@host/database` (also
 * `mongodb+srv:`). Does not wait for a server: calls say when it is away.
 * @throws ConfigError for a URL that cannot be right, StartError when the folder cannot be used.
 */
export async function openFileStore(url: string): Promise<FileStore> {
  const scheme = urlScheme(url);
  if (scheme === 'file' && urlPath(url) !== '') return LocalFileStore.open(urlPath(url));
  if (scheme === 'mongodb' || scheme === 'mongodb+srv') return GridfsFileStore.open(url);
  // The URL may carry a password, so that it is not repeated here.
  throw new ConfigError(
    'FILES_URL must name a folder, as in file:data/files, or a database, as in mongodb://user:password@host/database',
  );
}
