import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import { parseRetryAfter } from '@clipscribe/runtime';
import { APIError } from 'openai';

/** Codes that come with 429 but mean money, which no waiting brings back. */
const quotaCodes: readonly unknown[] = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
];

/** What the client threw, as the failure that the job protocol acts on. */
export function asProviderFailure(error: unknown): JobFailure {
  if (!(error instanceof APIError)) return new JobFailure(codeOfPlain(error), { cause: error });
  const code = codeOf(error.status as number | undefined, error.code ?? error.type);
  const retryAfterMs = parseRetryAfter((error.headers as Headers | undefined)?.get('retry-after'));
  return new JobFailure(code, { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** By name: an error of another realm, as under a test runner, is no instance of our classes. */
function codeOfPlain(error: unknown): FailureCode {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : '';
  return name === 'SyntaxError' || name === 'AnswerTooLongError'
    ? 'PROVIDER_BAD_ANSWER'
    : 'PROVIDER_UNAVAILABLE';
}

function codeOf(status: number | undefined, code: unknown): FailureCode {
  if (status === 401 || status === 403) return 'PROVIDER_AUTH';
  if (status === 402 || (status === 429 && quotaCodes.includes(code))) return 'PROVIDER_QUOTA';
  if (status === 429) return 'PROVIDER_RATE_LIMITED';
  if (status === 413) return 'PROVIDER_TOO_LARGE';
  if (status === 408 || status === 409 || status === undefined || status >= 500)
    return 'PROVIDER_UNAVAILABLE';
  return 'PROVIDER_REJECTED';
}

/** True when the server may have refused the form of the answer that was asked for, and may give another one. */
export function refusesFormat(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status = error.status as number | undefined;
  // Servers that are built with FastAPI say what is wrong in a form that the client does not read.
  if (status === 422) return true;
  if (status !== 400) return false;
  const names = /response_format|verbose_json|diarized_json|timestamp_granularities/;
  return names.test(`${error.param ?? ''} ${error.message}`);
}
