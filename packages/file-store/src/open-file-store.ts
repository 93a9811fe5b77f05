import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import type { FileStore } from './file-store.ts';
import { LocalFileStore } from './local-file-store.ts';

/**
 * Opens the store that `FILES_URL` names, such as `file:data/files`.
 * @throws ConfigError for a scheme that no adapter knows, StartError when the store cannot be used.
 */
export async function openFileStore(url: string): Promise<FileStore> {
  const scheme = urlScheme(url);
  if (scheme === 'file' && urlPath(url) !== '') return LocalFileStore.open(urlPath(url));
  throw new ConfigError('FILES_URL must name a folder, as in file:data/files');
}
