import { UnavailableError } from '@clipscribe/runtime';
import type { Db, MongoClient } from 'mongodb';
import { asMongoError } from './as-mongo-error.ts';
import { BULK_MS } from './timing.ts';
import { withinTime } from './within-time.ts';

/** Brings the database into the state that its users need. Idempotent; several replicas may run it at once. */
export type MongoSetup = (db: Db) => Promise<void>;

/** One role's connection to a MongoDB server, and what its errors mean. */
export class MongoConnection {
  /** Holds no promise of its own: operations on it belong into `run`. */
  readonly db: Db;
  readonly #client: MongoClient;
  readonly #role: string;
  #connecting: Promise<unknown> | undefined;
  #connected = false;
  #closed = false;

  constructor(client: MongoClient, db: Db, role: string) {
    this.#client = client;
    this.db = db;
    this.#role = role;
  }

  /**
   * Runs operations on the database, which together have 1.8 s.
   * @throws UnavailableError when the server is not there, or silent; a write may then still be carried out.
   */
  async run<T>(operations: (db: Db) => Promise<T>): Promise<T> {
    return this.#inTime(async () => {
      await this.#connect();
      return operations(this.db);
    });
  }

  /**
   * The same for bulky operations, which together have 10 s, on a connection that was made for such.
   * @throws UnavailableError as `run`
   */
  async runBulky<T>(operations: (db: Db) => Promise<T>): Promise<T> {
    return this.#inTime(async () => {
      await this.#connect();
      return operations(this.db);
    }, BULK_MS);
  }

  /**
   * A function that does the setup. Calls wait for one that is under way, but no longer than for any operation, and
   * do nothing once it has succeeded; after a failure the next call tries again.
   * @throws (the function) UnavailableError
   */
  ready(setup: MongoSetup): () => Promise<void> {
    let done = false;
    let running: Promise<void> | undefined;
    const begin = async (): Promise<void> => {
      try {
        await this.#connect();
        await setup(this.db);
        done = true;
      } finally {
        running = undefined;
      }
    };
    return async () => {
      if (!done) await this.#inTime(() => (running ??= begin()));
    };
  }

  /** Resolves when the server answers. @throws UnavailableError */
  async ping(): Promise<void> {
    await this.run((db) => db.command({ ping: 1 }));
  }

  /** From now on every operation fails, also those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
    // A first connection that was still looking up names has opened the client anew.
    await this.#connecting?.catch(() => undefined);
    await this.#client.close();
  }

  async #inTime<T>(work: () => Promise<T>, limitMs?: number): Promise<T> {
    try {
      return await withinTime(work(), limitMs);
    } catch (error) {
      throw asMongoError(error, this.#role);
    }
  }

  /** The driver does not reconnect a client whose first attempt failed; from the first success on it does. */
  async #connect(): Promise<void> {
    if (this.#closed) throw new UnavailableError(this.#role, { cause: new Error('closed') });
    if (this.#connected) return;
    this.#connecting ??= this.#client.connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
    this.#connected = true;
  }
}
