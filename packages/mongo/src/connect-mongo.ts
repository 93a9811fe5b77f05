import { ConfigError } from '@clipscribe/runtime';
import { MongoClient, type DbOptions, type MongoClientOptions } from 'mongodb';
import { MongoConnection } from './mongo-connection.ts';
import { ANSWER_MS, BULK_MS } from './timing.ts';

/** For whom a connection is made. */
export interface MongoRole {
  /** What the database is to its users, as in "job store"; part of error messages. */
  role: string;
  /** The variable that the address comes from, as in `JOBS_URL`. */
  variable: string;
  /** Whether it moves large pieces of data, with `runBulky`. */
  isBulky?: boolean;
}

/** The database when the address names none. */
const DEFAULT_DATABASE = 'clipscribe';

/** The path of the address; hosts may be several, so that URL cannot parse it. */
const DATABASE_IN_URL = /^[^:]+:\/\/[^/?]*\/([^?]+)/;

/**
 * Every operation is over within 2 s (see `withinTime`). `retryWrites` stays at the driver's default, true: it is in
 * force on replica sets, whose servers recognise a repeated write, and without effect on a standalone server, which
 * cannot do that (see `repeatIfUnknown`).
 */
const CLIENT_OPTIONS: MongoClientOptions = {
  appName: 'clipscribe',
  serverSelectionTimeoutMS: ANSWER_MS,
  connectTimeoutMS: ANSWER_MS,
  waitQueueTimeoutMS: ANSWER_MS,
  socketTimeoutMS: ANSWER_MS,
  heartbeatFrequencyMS: 5000,
  ignoreUndefined: true,
};

/**
 * What the suite's promises rest on, so no address may say otherwise: a write is confirmed when it is on the disks
 * of a majority (of one server, if there is but one), and reads see what the primary has.
 */
const PROMISES: DbOptions = {
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
};

/**
 * A connection to the MongoDB server (or one that is compatible) at `mongodb://…` or `mongodb+srv://…`. It does not
 * wait for the server: the first use does.
 * @throws ConfigError when the address cannot be right
 */
export function connectMongo(url: string, { role, variable, isBulky = false }: MongoRole): MongoConnection {
  try {
    const client = new MongoClient(url, {
      ...CLIENT_OPTIONS,
      ...(isBulky ? { socketTimeoutMS: BULK_MS } : {}),
    });
    const name = DATABASE_IN_URL.exec(url)?.[1] ?? DEFAULT_DATABASE;
    return new MongoConnection(client, client.db(decodeURIComponent(name), PROMISES), role);
  } catch (error) {
    // Without the cause: a parser's words may hold a piece of the password.
    throw new ConfigError(`${variable} is not an address of MongoDB: ${reason(error, url)}`);
  }
}

function reason(error: unknown, url: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const credentials = /\/\/(.*)@/.exec(url)?.[1] ?? '';
  const parts = credentials.split(':').filter((part) => part !== '');
  const tells = parts.some((part) => message.includes(part) || message.includes(decoded(part)));
  return tells ? 'its user name and password are not percent-encoded' : message;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
