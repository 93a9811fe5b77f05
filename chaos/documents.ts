import { writeFile } from 'node:fs/promises';
import { MongoClient } from 'mongodb';

/** Writes all jobs and uploads, as the database holds them, into a file, one document a line. */
export async function writeDocuments(jobsUrl: string, path: string): Promise<void> {
  const client = new MongoClient(jobsUrl);
  try {
    const lines: string[] = [];
    for (const name of ['jobs', 'uploads', 'files.files', 'files.writes'])
      for await (const document of client.db().collection(name).find())
        lines.push(JSON.stringify({ collection: name, ...document }));
    await writeFile(path, `${lines.join('\n')}\n`);
  } finally {
    await client.close();
  }
}
