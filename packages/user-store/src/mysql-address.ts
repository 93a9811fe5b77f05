import { isIP } from 'node:net';
import { ConfigError } from '@clipscribe/runtime';

const DEFAULT_PORT = 3306;
const SCHEMES = ['mysql:', 'mariadb:'];

/** Where a MySQL or MariaDB is, and who we are there. */
export interface MysqlAddress {
  host: string;
  port: number;
  user: string;
  /** Empty when the account needs none. */
  password: string;
  database: string;
  /** Only over TLS, with a certificate that is valid for `host`. */
  tls: boolean;
}

/**
 * Reads `mysql://user:password@host:3306/database`; `mariadb:` means the same. User, password and database are
 * percent-decoded. With `?tls=true` the connection is refused unless it is encrypted and the server's certificate
 * names the host and comes from an authority that Node trusts (NODE_EXTRA_CA_CERTS adds one of your own).
 * @throws ConfigError naming USERS_URL, without repeating the URL: it has a password in it
 */
export function parseMysqlUrl(text: string): MysqlAddress {
  const url = URL.parse(text);
  if (url === null || !SCHEMES.includes(url.protocol)) throw wrong('is not well-formed');
  if (url.hash !== '') throw wrong('has a # that is not written as %23');
  const host = required('host', url.hostname.replace(/^\[(.*)\]$/, '$1'));
  return {
    host,
    port: portOf(url.port),
    user: required('user', url.username),
    password: decode('password', url.password),
    database: databaseOf(url.pathname),
    tls: tlsOf(url.searchParams, host),
  };
}

function required(part: string, encoded: string): string {
  const value = decode(part, encoded);
  if (value === '') throw wrong(`names no ${part}`);
  return value;
}

function decode(part: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Its cause would show what it could not decode, which may be the password.
    throw wrong(`has a % in its ${part} that is not written as %25`);
  }
}

function portOf(port: string): number {
  if (port === '0') throw wrong('names port 0');
  return port === '' ? DEFAULT_PORT : Number(port);
}

function databaseOf(path: string): string {
  const name = path.replace(/^\//, '');
  if (name.includes('/')) throw wrong('names more than a database after the host');
  return required('database', name);
}

function tlsOf(parameters: URLSearchParams, host: string): boolean {
  for (const name of parameters.keys())
    if (name !== 'tls') throw wrong('has a parameter other than tls (a ? in the password is %3F)');
  const tls = parameters.get('tls') ?? 'false';
  if (tls !== 'true' && tls !== 'false') throw wrong('has a tls that is neither true nor false');
  // The driver compares the certificate of a bare address with the name "localhost".
  if (tls === 'true' && isIP(host) !== 0)
    throw wrong('asks for TLS with an IP address instead of a host name');
  return tls === 'true';
}

function wrong(what: string): ConfigError {
  return new ConfigError(`USERS_URL ${what}; it must be like mysql://user:password@host:3306/database`);
}
