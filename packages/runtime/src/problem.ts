import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { problemBody, problems, type ProblemCode } from '@clipscribe/contracts';
import { z } from 'zod';
import type { Log } from './log.ts';
import { isOutOfSpace, UnavailableError } from './unavailable.ts';

/** Thrown by a route to answer with a problem+json body. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the body, such as a limit and what of it is used (RFC 9457, section 3.2). */
  readonly members: Readonly<Record<string, number>>;

  constructor(
    code: ProblemCode,
    detail: string,
    options: { headers?: Record<string, string>; members?: Record<string, number>; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** Sends a problem (RFC 9457). Does nothing but close when the answer has already begun. */
export function sendProblem(res: Response, problem: HttpProblem): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.status(problem.status).set(problem.headers);
  const body = { ...problemBody(problem.code, problem.message), ...problem.members };
  res.type('application/problem+json').send(JSON.stringify(body));
}

/** Whatever a handler threw, as a problem. Nothing of an unexpected error is shown to the caller. */
export function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof z.ZodError)
    return new HttpProblem('INVALID_INPUT', describeZodError(error), { cause: error });
  if (isOutOfSpace(error)) {
    const detail = 'There is no space left to store this. Try again later or tell the operator.';
    return new HttpProblem('STORAGE_FULL', detail, { cause: error });
  }
  if (error instanceof UnavailableError) {
    const detail = `The ${error.service} is not available at the moment. Try again in a few seconds.`;
    return new HttpProblem('STORE_UNAVAILABLE', detail, { cause: error, headers: { 'Retry-After': '5' } });
  }
  return (
    asRequestProblem(error) ??
    new HttpProblem('INTERNAL', 'Try again; if it happens again, tell the operator.', { cause: error })
  );
}

/** Errors that express and its body parser throw for requests that they cannot read. */
function asRequestProblem(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as Error & { type?: unknown; status?: unknown };
  if (type === 'entity.parse.failed')
    return new HttpProblem('INVALID_JSON', 'Send a well-formed JSON object.', { cause: error });
  if (type === 'entity.too.large')
    return new HttpProblem('TOO_LARGE', 'The JSON body may have at most 10 kB.', { cause: error });
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new HttpProblem('UNSUPPORTED_TYPE', 'Send the body as UTF-8 JSON without compression.', {
      cause: error,
    });
  }
  if (error instanceof URIError || status === 400) {
    return new HttpProblem('BAD_REQUEST', 'The address or the body of the request is malformed.', {
      cause: error,
    });
  }
  return undefined;
}

/** The first thing that is wrong in a parsed input, as a sentence naming the field. */
export function describeZodError(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'The input is not valid.';
  if (issue.code === 'unrecognized_keys') return `Unknown field: ${issue.keys.join(', ')}.`;
  const field = issue.path.map(String).join('.');
  return field === '' ? `The body ${lowerFirst(issue.message)}.` : `${field}: ${lowerFirst(issue.message)}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The last error handler of an app. Errors on our side are logged with their cause, others are not. */
export function problemHandler(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, req, res, _next) => {
    const problem = asProblem(error);
    if (problem.status >= 500)
      log.error({ err: error, method: req.method, path: req.path }, 'request failed');
    sendProblem(res, problem);
  };
}

/** Answers 404 for everything that no route took, and 400 for a path that is no UTF-8. */
export const notFoundHandler: RequestHandler = (req) => {
  decodeURIComponent(req.path); // throws the URIError that a route would, had one looked at the path
  throw new HttpProblem('NOT_FOUND', `There is nothing at ${req.method} ${req.path.slice(0, 200)}.`);
};

/** Answers 405 with `Allow` on a path that exists for other methods. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  return (req) => {
    const headers = { Allow: allowed.join(', ') };
    throw new HttpProblem('METHOD_NOT_ALLOWED', `Use ${allowed.join(' or ')} here, not ${req.method}.`, {
      headers,
    });
  };
}
