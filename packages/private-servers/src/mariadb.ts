import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@clipscribe/runtime';
import { keptIn } from './kept.ts';
import type { PrivateServer } from './private-server.ts';
import { findProgram } from './programs.ts';
import { ServerProcess } from './server-process.ts';

const ADMIN = 'clipscribe_admin';

/** True when MariaDB or MySQL is on this system. */
export function isMariadbThere(): boolean {
  return findServer() !== null;
}

/** MariaDB's own name first: its package also brings a `mysqld`, but MySQL's does not bring a `mariadbd`. */
function findServer(): string | null {
  return findProgram('mariadbd', 'mysqld');
}

/**
 * Starts a MariaDB, or a MySQL where there is no MariaDB, with its data in `folder`.
 * @throws StartError when there is none, or it does not start
 */
export async function startMariadb(folder: string): Promise<PrivateServer> {
  const server = findServer();
  if (server === null) throw new StartError('neither mariadbd nor mysqld is on this system');
  const { port, password } = await keptIn(folder);
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'mysql'))) install(server, folder, data);
  const mariadb = new ServerProcess({
    name: 'MariaDB',
    command: server,
    args: [...asRoot(), ...serverArgs(folder, port, data, writeInitFile(folder, password))],
    cwd: folder,
    log: join(folder, 'server.log'),
    port,
  });
  await mariadb.start();
  return {
    kind: 'mariadb',
    url: `mysql://${ADMIN}:${password}@127.0.0.1:${String(port)}/`,
    get pid() {
      return mariadb.pid;
    },
    signal: (name) => mariadb.signal(name),
    restart: () => mariadb.start(),
    ended: () => mariadb.ended(),
    stop: () => mariadb.stop(),
  };
}

function serverArgs(folder: string, port: number, data: string, initFile: string): string[] {
  return [
    `--datadir=${data}`,
    `--tmpdir=${temporary(folder)}`,
    `--port=${String(port)}`,
    '--bind-address=127.0.0.1',
    // Relative to the data folder: the path of a socket has at most 107 bytes.
    '--socket=server.sock',
    `--pid-file=${join(data, 'server.pid')}`,
    `--init-file=${initFile}`,
    '--skip-name-resolve',
    '--innodb-buffer-pool-size=64M',
    '--character-set-server=utf8mb4',
  ];
}

/**
 * A folder for temporary tables. Each server needs its own: at its start it removes what looks left over from before,
 * and with it the tables of another server that is being set up at that moment.
 */
function temporary(folder: string): string {
  const path = join(folder, 'tmp');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** The servers refuse to run as root unless they are told so. `--no-defaults` has to come first. */
function asRoot(): string[] {
  return ['--no-defaults', ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
}

function install(server: string, folder: string, data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const installer = server.endsWith('mariadbd')
    ? findProgram('mariadb-install-db', 'mysql_install_db')
    : null;
  const [command, args] =
    installer === null
      ? [server, [...asRoot(), '--initialize-insecure', `--datadir=${data}`]]
      : [
          installer,
          [...asRoot(), '--auth-root-authentication-method=normal', '--skip-test-db', `--datadir=${data}`],
        ];
  const env = { ...process.env, TMPDIR: temporary(folder) };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new StartError(`MariaDB could not be set up:\n${stdout}${stderr}`);
}

/** Runs at every start of the server: an administrator of our own, and nobody gets in without a password. */
function writeInitFile(folder: string, password: string): string {
  const path = join(folder, 'init-file.sql');
  // The password is of base64url's characters, none of which needs quoting. One statement a line, as MariaDB wants it.
  const lines = [
    `CREATE USER IF NOT EXISTS '${ADMIN}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${ADMIN}'@'127.0.0.1' WITH GRANT OPTION;`,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}
