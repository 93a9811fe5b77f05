import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@clipscribe/private-servers';
import { StartError } from '@clipscribe/runtime';
import { root } from '../scripts/lib/root.mjs';

/** The account that init.sql makes for auth. */
const USER = 'clipscribe_auth';

/**
 * Runs init.sql and gives its account a password, as an operator does with a server of his own.
 * @param adminUrl `mysql://user:password@host:port/` of an administrator
 * @returns the USERS_URL of auth
 */
export function prepareUsers(adminUrl: string, password: string): string {
  const init = readFileSync(join(root, 'init.sql'), 'utf8');
  // The password is of base64url's characters, none of which needs quoting.
  runSql(adminUrl, `${init}\nALTER USER '${USER}'@'%' IDENTIFIED BY '${password}' ACCOUNT UNLOCK;\n`);
  const url = new URL(adminUrl);
  return `mysql://${USER}:${password}@${url.host}/clipscribe`;
}

function runSql(adminUrl: string, sql: string): void {
  const url = new URL(adminUrl);
  const client = findProgram('mariadb', 'mysql');
  if (client === null) throw new StartError('the mariadb (or mysql) client is missing');
  const args = [
    '--no-defaults',
    '--protocol=tcp',
    `--host=${url.hostname}`,
    `--port=${url.port}`,
    `--user=${url.username}`,
  ];
  const env = { ...process.env, MYSQL_PWD: url.password };
  const { status, stderr } = spawnSync(client, args, { input: sql, env, encoding: 'utf8' });
  if (status !== 0) throw new StartError(`init.sql failed: ${stderr.trim()}`);
}
