import type { WebhookError } from '@clipscribe/contracts';
import { LookupError } from './guarded-lookup.ts';

/** Codes of errors in certificates begin or end so (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const tls =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|SELF_SIGNED|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;
/** Why a request failed that was not answered. */
export function errorCodeOf(error: unknown): WebhookError {
  if (error instanceof LookupError) return error.code;
  // Asked by form: errors of Node itself may come from another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (tls.test(code)) return 'TLS_FAILED';
  // The parser of answers, https://github.com/nodejs/llhttp
  if (code.startsWith('HPE_')) return 'BAD_ANSWER';
  return 'CONNECTION_FAILED';
}
