import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** The request was not even sent: doing it once more cannot do anything twice. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Why there was no answer, as far as a system or a library says. */
export function connectionCode(error: unknown): string {
  if (isBadPort(error)) return 'ERR_BAD_PORT';
  for (let cause = error; cause instanceof Object; cause = 'cause' in cause ? cause.cause : undefined) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    if ('name' in cause && cause.name === 'TimeoutError') return 'TIMEOUT';
  }
  return '';
}

/** The fetch standard has a list of such ports; the error has no code. */
function isBadPort(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
}

export function wasNotSent(error: unknown): boolean {
  return notSent.has(connectionCode(error));
}

/** True when trying again cannot help: the address or the certificate is wrong. */
export function isPermanent(error: unknown): boolean {
  return /BAD_PORT|CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_INVALID_URL|EPROTO|ERR_SSL|HPE_/.test(
    connectionCode(error),
  );
}

/** A request that got no answer, as an error that says why. */
export function connectionError(server: string, error: unknown): CliError {
  const { host, hostname, port } = new URL(server);
  const code = connectionCode(error);
  const words: Record<string, string> = {
    ECONNREFUSED: `nothing answers at ${server}; is the server running, and is this its address?`,
    ENOTFOUND: `there is no host called ${hostname}`,
    EAI_AGAIN: `the name ${hostname} cannot be looked up; is this machine online?`,
    ERR_BAD_PORT: `port ${port} belongs to another protocol, so that fetch refuses it; let the server listen on another one`,
    TIMEOUT: `${host} did not answer in time`,
    UND_ERR_CONNECT_TIMEOUT: `${host} did not answer in time`,
    UND_ERR_HEADERS_TIMEOUT: `${host} did not answer in time`,
  };
  const tls = /CERT|SELF_SIGNED|UNABLE_TO_/.test(code)
    ? `the certificate of ${host} cannot be trusted (${code}); NODE_EXTRA_CA_CERTS names the file of a private authority`
    : undefined;
  const why = words[code] ?? tls ?? `the connection to ${host} broke off${code === '' ? '' : ` (${code})`}`;
  return new CliError('UNREACHABLE', why, { exitCode: exitCodes.unavailable, cause: error });
}
