import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import { APIError } from 'openai';

/** What the client threw, as the failure that the job protocol acts on. */
export function asProviderFailure(error: unknown): JobFailure {
  if (!(error instanceof APIError)) return new JobFailure('PROVIDER_UNAVAILABLE', { cause: error });
  const code = codeOf(error.status as number | undefined, error.code ?? undefined);
  const retryAfterMs = parseRetryAfter((error.headers as Headers | undefined)?.get('retry-after'));
  return new JobFailure(code, { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function codeOf(status: number | undefined, code: string | undefined): FailureCode {
  if (status === 401 || status === 403) return 'PROVIDER_AUTH';
  if (status === 429) return code === 'insufficient_quota' ? 'PROVIDER_QUOTA' : 'PROVIDER_RATE_LIMITED';
  if (status === 413) return 'PROVIDER_TOO_LARGE';
  if (status === 408 || status === 409 || status === undefined || status >= 500)
    return 'PROVIDER_UNAVAILABLE';
  return 'PROVIDER_REJECTED';
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), in milliseconds from now. */
export function parseRetryAfter(
  value: string | null | undefined,
  now: number = Date.now(),
): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}
