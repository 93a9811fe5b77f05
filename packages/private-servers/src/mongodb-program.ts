import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './programs.ts';

/** Where scripts/lib/mongodb-server.mjs installs SecantusDB; the folder is there only once it is complete. */
const SECANTUSDB = new URL('../../../node_modules/.cache/clipscribe/secantusdb/', import.meta.url);

/** A program that speaks MongoDB's protocol, and how to run it. */
export interface MongodbProgram {
  /** Their files differ, so each keeps its own in a folder of this name. */
  name: 'mongod' | 'secantusdb';
  command: string;
  /** `home` is a folder of its own, which is there. Writes the files that the program reads. */
  args: (options: { home: string; port: number; auth: boolean }) => string[];
  env: NodeJS.ProcessEnv;
}

/** MongoDB itself where it is on this system, else SecantusDB where `npm test` or `npm run stack` installed it. */
export function findMongodb(): MongodbProgram | null {
  const mongod = findProgram('mongod');
  if (mongod !== null) return { name: 'mongod', command: mongod, args: mongodArgs, env: process.env };
  const python = fileURLToPath(new URL('bin/python', SECANTUSDB));
  if (!existsSync(python)) return null;
  return { name: 'secantusdb', command: python, args: secantusArgs, env: secantusEnvironment() };
}

/** https://www.mongodb.com/docs/manual/reference/program/mongod/ */
function mongodArgs({ home, port, auth }: Parameters<MongodbProgram['args']>[0]): string[] {
  return [
    ...['--dbpath', makeDataFolder(home)],
    ...['--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'],
    ...['--wiredTigerCacheSizeGB', '0.25', '--quiet'],
    ...(auth ? ['--auth'] : []),
  ];
}

/** Isolated (`-I`): no module comes from the current folder or from the user's own Python packages. */
function secantusArgs({ home, port, auth }: Parameters<MongodbProgram['args']>[0]): string[] {
  const config = join(home, 'secantusd.toml');
  const lines = [
    '[server]',
    'host = "127.0.0.1"',
    `port = ${port}`,
    // TOML's strings take JSON's escapes.
    `storage_path = ${JSON.stringify(makeDataFolder(home))}`,
    `auth = ${auth}`,
    // As a replica set it would also write a log for change streams, which nobody reads.
    'standalone = true',
    'log_level = "WARNING"',
    '[storage]',
    'cache_size = "256M"',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  return ['-I', '-m', 'secantus', '--config', config];
}

function secantusEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Its journal grows until the next checkpoint, and with a gigabyte of video in between it is a gigabyte.
    SECANTUS_CHECKPOINT_SECONDS: '5',
    SECANTUS_FORCE_DURABLE: '1',
    // Its threads would otherwise each keep memory that they are done with.
    MALLOC_ARENA_MAX: '2',
  };
}

function makeDataFolder(home: string): string {
  const data = join(home, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  return data;
}
