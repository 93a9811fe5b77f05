import { readdir } from 'node:fs/promises';
import { urlPath, urlScheme } from '@clipscribe/runtime';
import { MongoClient } from 'mongodb';

/**
 * Ids of all that lies in the file store, found by going round it: contents, records, chunks, and claims of writers
 * that never gave them up.
 */
export async function storedThings(filesUrl: string): Promise<Set<string>> {
  return urlScheme(filesUrl) === 'file' ? inFolder(urlPath(filesUrl)) : inGridfs(filesUrl);
}

async function inFolder(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return new Set(names.map((name) => name.replace(/(\.json)?(\.part)?$/, '')));
}

async function inGridfs(url: string): Promise<Set<string>> {
  const client = new MongoClient(url);
  try {
    const found = await Promise.all([
      client.db().collection('files.files').distinct('_id'),
      client.db().collection('files.chunks').distinct('files_id'),
      client.db().collection('files.writes').distinct('_id'),
    ]);
    return new Set(found.flat().map(String));
  } finally {
    await client.close();
  }
}
