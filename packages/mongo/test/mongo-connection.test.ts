import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import type { Db } from 'mongodb';
import { connectMongo, isDuplicateKey, type MongoConnection } from '../src/index.ts';
import { freshDatabase, type FreshDatabase } from '../testing/index.ts';

const role = { role: 'job store', variable: 'JOBS_URL' };

describe('a connection to a server that is not there', () => {
  it('refuses every use, by the role it has', async () => {
    const connection = connectMongo('mongodb://ada:s3cret@127.0.0.1:1/', role);
    const refusal = await connection.ping().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnavailableError);
    expect(refusal).toMatchObject({ service: 'job store' });
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('s3cret');
    await expect(connection.ping()).rejects.toThrow(UnavailableError);
    await connection.close();
    await expect(connection.ping()).rejects.toThrow(UnavailableError);
  });

  it('may be closed while it is being made', async () => {
    const connection = connectMongo('mongodb+srv://nowhere.example.org/', role);
    const ping = expect(connection.ping()).rejects.toThrow(UnavailableError);
    await connection.close();
    await ping;
  });
});

describe('a connection to a server that says nothing', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let connection: MongoConnection;

  beforeEach(async () => {
    server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server on a TCP port has an address object.
    const { port } = server.address() as AddressInfo;
    connection = connectMongo(`mongodb://127.0.0.1:${String(port)}/`, role);
  });
  afterEach(async () => {
    await connection.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('refuses use and setup', async () => {
    const uses = [connection.ping(), connection.run((db) => db.command({ hello: 1 }))];
    const ready = connection.ready(() => Promise.resolve());
    for (const use of [...uses, ready(), ready()]) await expect(use).rejects.toThrow(UnavailableError);
  });
});

describeWithServer('mongodb', 'a connection to MongoDB', (server) => {
  let database: FreshDatabase;
  let connection: MongoConnection;

  beforeEach(() => {
    database = freshDatabase(server().url);
    connection = connectMongo(database.url, role);
  });
  afterEach(async () => {
    await connection.close();
    await database.drop();
  });

  it('passes on what is not about reaching the server', async () => {
    const insert = (db: Db): Promise<unknown> => db.collection<{ _id: string }>('c').insertOne({ _id: 'a' });
    await connection.run(insert);
    const refusal = await connection.run(insert).catch((error: unknown) => error);
    expect(isDuplicateKey(refusal)).toBe(true);
    await expect(connection.run((db) => db.command({ noSuchCommand: 1 }))).rejects.not.toThrow(
      UnavailableError,
    );
    await expect(connection.run(() => Promise.reject(new TypeError('ours')))).rejects.toThrow(TypeError);
  });

  it('is set up once, by the first use that succeeds', async () => {
    const runs: string[] = [];
    const ready = connection.ready(async (db) => {
      runs.push(db.databaseName);
      if (runs.length === 1) throw new TypeError('ours');
      await db.command({ ping: 1 });
    });
    await expect(Promise.all([ready(), ready()])).rejects.toThrow(TypeError);
    await Promise.all([ready(), ready(), ready()]);
    await ready();
    expect(runs).toHaveLength(2);
  });

  it('does not wait longer for a setup than for anything else, and takes its result later', async () => {
    const gate = Promise.withResolvers<undefined>();
    let runs = 0;
    const ready = connection.ready(async () => {
      runs += 1;
      await gate.promise;
    });
    await expect(ready()).rejects.toThrow(UnavailableError);
    const waiting = ready();
    gate.resolve(undefined);
    await waiting;
    await ready();
    expect(runs).toBe(1);
  });

  it('ends an operation that takes too long', async () => {
    const endless = connection.run(() => new Promise(() => undefined));
    await expect(endless).rejects.toThrow(UnavailableError);
  });
});
