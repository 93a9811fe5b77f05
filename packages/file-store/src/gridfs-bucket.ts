import { connectMongo, type MongoConnection } from '@clipscribe/mongo';
import { collectionsOf, createIndexes, type GridfsCollections } from './gridfs-documents.ts';

/** As it stands in error messages. */
export const ROLE = 'file store';

type Operations<T> = (collections: GridfsCollections) => Promise<T>;

/** The bucket `files` of a database, prepared at its first use that reaches the server. */
export class GridfsBucket {
  readonly #connection: MongoConnection;
  readonly #ready: () => Promise<void>;
  readonly #collections: GridfsCollections;

  private constructor(connection: MongoConnection) {
    this.#connection = connection;
    this.#ready = connection.ready(createIndexes);
    this.#collections = collectionsOf(connection.db);
  }

  /** Does not wait for the server. @throws ConfigError when the address cannot be right */
  static open(url: string): GridfsBucket {
    return new GridfsBucket(connectMongo(url, { role: ROLE, variable: 'FILES_URL', isBulky: true }));
  }

  /** Operations that are over within 2 s, also when they fail. @throws UnavailableError */
  async run<T>(operations: Operations<T>): Promise<T> {
    await this.#ready();
    return this.#connection.run(() => operations(this.#collections));
  }

  /** Operations on chunks, which may take 10 s. @throws UnavailableError */
  async move<T>(operations: Operations<T>): Promise<T> {
    await this.#ready();
    return this.#connection.runBulky(() => operations(this.#collections));
  }

  /** Database time. */
  async now(): Promise<Date> {
    await this.#ready();
    const { localTime }: { localTime?: unknown } = await this.#connection.run((db) =>
      db.command({ hello: 1 }),
    );
    if (!(localTime instanceof Date)) throw new TypeError('the server does not tell its time');
    return localTime;
  }

  async ping(): Promise<void> {
    await this.#ready();
    await this.#connection.ping();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
