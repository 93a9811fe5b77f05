import { MongoClient } from 'mongodb';

/** Ids of everything in GridFS: of files, and of chunks whether or not they belong to one. */
export async function storedInGridfs(url: string): Promise<string[]> {
  const client = new MongoClient(url);
  try {
    const files = await client.db().collection('files.files').distinct('_id');
    const chunks = await client.db().collection('files.chunks').distinct('files_id');
    return [...new Set([...files, ...chunks].map(String))];
  } finally {
    await client.close();
  }
}
