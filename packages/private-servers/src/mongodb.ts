import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@clipscribe/runtime';
import { MongoClient } from 'mongodb';
import { freePort } from './free-port.ts';
import { keptIn } from './kept.ts';
import { findMongodb, type MongodbProgram } from './mongodb-program.ts';
import type { PrivateServer } from './private-server.ts';
import { ServerProcess } from './server-process.ts';

const ADMIN = 'clipscribe_admin';

/** True when MongoDB, or SecantusDB in its place, is on this system. */
export function isMongodbThere(): boolean {
  return findMongodb() !== null;
}

/**
 * Starts a MongoDB, or a SecantusDB where there is no MongoDB, with its data in `folder`. Clients need the user and
 * password (SCRAM) of the URL; whoever puts a database into its path keeps `authSource`.
 * @throws StartError when there is none, or it does not start
 */
export async function startMongodb(folder: string): Promise<PrivateServer> {
  const program = findMongodb();
  if (program === null)
    throw new StartError('there is no mongod on this system, and no SecantusDB installed');
  const { port, password } = await keptIn(folder);
  const home = join(folder, program.name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await ensureAdministrator(program, folder, home, password);
  const mongodb = serverProcess(program, folder, { home, port, auth: true });
  await mongodb.start();
  return {
    kind: 'mongodb',
    url: `mongodb://${ADMIN}:${password}@127.0.0.1:${String(port)}/?authSource=admin`,
    get pid() {
      return mongodb.pid;
    },
    signal: (name) => mongodb.signal(name),
    restart: () => mongodb.start(),
    ended: () => mongodb.ended(),
    stop: () => mongodb.stop(),
  };
}

function serverProcess(
  program: MongodbProgram,
  folder: string,
  options: Parameters<MongodbProgram['args']>[0],
): ServerProcess {
  return new ServerProcess({
    name: program.name,
    command: program.command,
    args: program.args(options),
    env: program.env,
    cwd: folder,
    log: join(folder, 'server.log'),
    port: options.port,
  });
}

/**
 * The first user can be made only while no password is asked for. This is done once, while the server is still empty
 * and on a port that nobody has been told.
 * https://www.mongodb.com/docs/manual/tutorial/configure-scram-client-authentication/
 */
async function ensureAdministrator(
  program: MongodbProgram,
  folder: string,
  home: string,
  password: string,
): Promise<void> {
  const done = join(home, 'has-administrator');
  if (existsSync(done)) return;
  const port = await freePort();
  const open = serverProcess(program, folder, { home, port, auth: false });
  await open.start();
  try {
    await putAdministrator(port, password);
  } finally {
    await open.stop();
  }
  writeFileSync(done, '', { flush: true });
}

/** The user is there already when we were ended before it was noted. */
async function putAdministrator(port: number, password: string): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${String(port)}/`);
  try {
    const admin = client.db('admin');
    const { users } = await admin.command({ usersInfo: ADMIN });
    const verb = Array.isArray(users) && users.length > 0 ? 'updateUser' : 'createUser';
    await admin.command({ [verb]: ADMIN, pwd: password, roles: ['root'] });
  } catch (error) {
    throw new StartError('the administrator of MongoDB could not be made', { cause: error });
  } finally {
    await client.close();
  }
}
