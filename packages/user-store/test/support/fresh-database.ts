import { randomBytes } from 'node:crypto';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

export interface FreshDatabase {
  name: string;
  /** For `USERS_URL`, with the server's administrator as the user. */
  url: string;
  /** A connection of the administrator, in this database. It takes several statements at a time, unlike the store's. */
  admin: Connection;
  drop: () => Promise<void>;
}

/** A name that no other test has. Without underscores, which are wildcards in grants. */
export function freshName(): string {
  return `test${randomBytes(6).toString('hex')}`;
}

/** An empty database of its own on this server. */
export async function makeDatabase(serverUrl: string, name = freshName()): Promise<FreshDatabase> {
  const admin = await openAdmin(serverUrl);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.query(`USE ${name}`);
  return {
    name,
    url: urlOf(serverUrl, name),
    admin,
    drop: async () => {
      await admin.query(`DROP DATABASE IF EXISTS ${name}`);
      await admin.end();
    },
  };
}

export async function openAdmin(serverUrl: string): Promise<Connection> {
  const admin = await createConnection({ uri: serverUrl, multipleStatements: true });
  // Tests that kill the server do not want to hear of it here.
  admin.on('error', () => undefined);
  return admin;
}

/** The same server, as `USERS_URL` names it. */
export function urlOf(
  serverUrl: string,
  database: string,
  user?: { name: string; password: string },
): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) {
    url.username = user.name;
    url.password = encodeURIComponent(user.password);
  }
  return url.href;
}

/** What the server says that the tables of the connection's database are, by name; and the versions applied. */
export async function describeSchema(admin: Connection): Promise<Record<string, unknown>> {
  const [tables] = await admin.query<RowDataPacket[]>({ sql: 'SHOW TABLES', rowsAsArray: true });
  const described: Record<string, unknown> = {};
  for (const name of tables.map((row) => String(Object.values(row)[0])).toSorted()) {
    const [rows] = await admin.query<RowDataPacket[]>(`SHOW CREATE TABLE ${name}`);
    described[name] = rows[0]?.['Create Table'];
  }
  const [versions] = await admin.query<RowDataPacket[]>(
    'SELECT version FROM schema_migrations ORDER BY version',
  );
  return { ...described, versions: versions.map((row): unknown => row['version']) };
}
