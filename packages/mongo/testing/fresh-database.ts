import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';

export interface FreshDatabase {
  url: string;
  drop: () => Promise<void>;
}

/** A database of its own on the server at `serverUrl` (one host), for one test. */
export function freshDatabase(serverUrl: string): FreshDatabase {
  const address = new URL(serverUrl);
  address.pathname = `/test-${randomUUID()}`;
  if (address.username !== '' && !address.searchParams.has('authSource'))
    address.searchParams.set('authSource', 'admin');
  const url = address.href;
  const drop = async (): Promise<void> => {
    const client = new MongoClient(url);
    try {
      await client.db().dropDatabase();
    } finally {
      await client.close();
    }
  };
  return { url, drop };
}
