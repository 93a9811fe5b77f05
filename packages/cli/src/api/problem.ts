import { z } from 'zod';
import { CliError } from '../errors.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** What of a problem+json body is shown (RFC 9457). */
const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** A problem's body is a few hundred bytes; more of an answer is not worth reading. */
const MOST_SHOWN = 200;

/**
 * An answer that is no success, as an error.
 * @param body its text, which is empty after HEAD
 */
export function answerError(
  answer: { status: number; retryAfter?: string | null | undefined },
  body: string,
  what: string,
): CliError {
  const { status } = answer;
  const details = { status, exitCode: exitCodeOf(status), retryAfterMs: retryAfterMs(answer.retryAfter) };
  const problem = problemSchema.safeParse(parseJson(body));
  if (problem.success)
    return new CliError(problem.data.code, withWait(problem.data.detail, details), details);
  const text = body.trimStart().startsWith('<') ? '' : body.trim().slice(0, MOST_SHOWN);
  const said = text === '' ? '' : `: ${text}`;
  return new CliError(codeOf(status), `the server answered ${what} with ${status}${said}`, details);
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401) return exitCodes.notLoggedIn;
  if (status === 404) return exitCodes.notFound;
  return status >= 500 ? exitCodes.unavailable : exitCodes.refused;
}

/** For answers without a code, as those to HEAD and those of proxies. */
function codeOf(status: number): string {
  if (status === 401) return 'INVALID_TOKEN';
  if (status === 404) return 'NOT_FOUND';
  return `HTTP_${status}`;
}

function withWait(
  detail: string,
  { status, retryAfterMs: ms }: { status: number; retryAfterMs: number | undefined },
): string {
  if (status !== 429 || ms === undefined) return detail;
  return `${detail} Try again in ${Math.ceil(ms / 1000)} seconds.`;
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), in ms from now. */
function retryAfterMs(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
