import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionError, isPermanent, wasNotSent } from './connection-error.ts';
import { answerError } from './problem.ts';
import { bodyText } from './body-text.ts';
import { badAnswer } from './read-json.ts';
import { Patience, type RetryOptions } from './retrying.ts';

/** Longer than the server waits for the lock of an upload whose gateway was killed. */
const ANSWER_MS = 60_000;

/** Bytes; far above the largest, the transcript of half a day with the times of all words. */
const MOST_OF_ANSWER = 256 * 2 ** 20;
/** Bytes; a problem has some hundred, and pages of proxies are not shown. */
const MOST_OF_REFUSAL = 2 ** 16;

export interface ApiRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Below the server's address, beginning with a slash. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Doing it twice is as doing it once; so it is with everything but POST unless said otherwise. */
  isRepeatable?: boolean;
  /** For answers that are streams: the limit of time counts for their headers only. */
  isStream?: boolean;
  signal?: AbortSignal;
}

interface ApiOptions {
  /** Without a slash at the end. */
  server: string;
  userAgent: string;
  retry: RetryOptions;
}

/** HTTP requests to one server: tried again while it is away, and with errors that say in words what is wrong. */
export class ApiClient {
  readonly server: string;
  readonly userAgent: string;
  readonly retry: RetryOptions;

  constructor({ server, userAgent, retry }: ApiOptions) {
    this.server = server;
    this.userAgent = userAgent;
    this.retry = retry;
  }

  /** The answer, when it is a success. @throws CliError; the reason of a signal that fired */
  async send(request: ApiRequest): Promise<Response> {
    const patience = new Patience(this.retry);
    for (;;) {
      try {
        return await this.#attempt(request);
      } catch (error) {
        if (!(error instanceof CliError) || !mayRepeat(request, error)) throw error;
        await patience.afterFailure(error);
      }
    }
  }

  async #attempt({
    method = 'GET',
    path,
    headers = {},
    body,
    isStream = false,
    signal,
  }: ApiRequest): Promise<Response> {
    const given = signal ?? this.retry.signal;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new DOMException('no answer', 'TimeoutError'));
    }, ANSWER_MS);
    try {
      const answer = await fetch(`${this.server}${path}`, {
        method,
        headers: { 'user-agent': this.userAgent, ...headers },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([given, late.signal]),
      });
      if (answer.status >= 300) throw await this.#refusal(answer, `${method} ${path.replace(/\?.*/, '')}`);
      // Read here, so that the limit of time counts for it, and a connection that breaks is noticed here.
      return isStream ? answer : new Response(await this.#bodyOf(answer), answer);
    } catch (error) {
      if (error instanceof CliError) throw error;
      given.throwIfAborted();
      throw connectionError(this.server, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Null for the statuses that must have none. @throws CliError BAD_ANSWER */
  async #bodyOf(answer: Response): Promise<string | null> {
    const body = await bodyText(answer, MOST_OF_ANSWER);
    if (body === undefined) throw badAnswer(this.server);
    return answer.status === 204 ? null : body;
  }

  async #refusal(answer: Response, what: string): Promise<CliError> {
    const location = answer.headers.get('location');
    if (answer.status < 400 && location !== null) {
      await answer.body?.cancel();
      const detail = `${this.server} sends everybody on to ${location}; name that with --server if it is yours`;
      return new CliError('REDIRECTED', detail, { status: answer.status, exitCode: exitCodes.refused });
    }
    const retryAfter = answer.headers.get('retry-after');
    return answerError(
      { status: answer.status, retryAfter },
      (await bodyText(answer, MOST_OF_REFUSAL)) ?? '',
      what,
    );
  }
}

function mayRepeat(
  { method = 'GET', isRepeatable = method !== 'POST' }: ApiRequest,
  error: CliError,
): boolean {
  if (error.status === undefined) {
    if (error.code !== 'UNREACHABLE' || isPermanent(error.cause)) return false;
    return isRepeatable || wasNotSent(error.cause);
  }
  // 423: whoever has the upload lets go of it. 503 says that nothing was done.
  if (error.status === 423 || error.status === 503) return true;
  return isRepeatable && error.status >= 500 && error.status !== 507;
}
