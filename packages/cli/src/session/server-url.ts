import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** Where `npm start` listens. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8080';

/** The address of a server in the one form under which its token is kept. @throws CliError USAGE */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw wrong('must be an address such as https://clips.example.org');
  if (url.username !== '' || url.password !== '')
    throw wrong('must not contain a user or password; use clipscribe login');
  if (url.search !== '' || url.hash !== '') throw wrong('must not contain ? or #');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** True when what is sent there can be read on the way. */
export function isUnprotected(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function wrong(what: string): CliError {
  return new CliError('USAGE', `the address of the server ${what}`, { exitCode: exitCodes.usage });
}
