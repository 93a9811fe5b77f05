import type { ProblemBody, ProblemCode } from '@clipscribe/contracts';
import { hasConnection, lostConnection } from './connection.ts';
import { learnTime } from './now.ts';
import { session, signInAgain } from './session.ts';

/** What the gateway answered instead of doing what was asked, in words for the person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: ProblemCode | undefined;

  constructor(status: number, problem: Partial<ProblemBody>) {
    super(problem.detail ?? problem.title ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = problem.code;
  }
}

/** No answer came. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(cause: unknown) {
    super('The server cannot be reached. Check the connection; this page tries again by itself.', { cause });
  }
}

interface Call {
  method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  json?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  /** Whether a cookie of the answer counts. */
  cookies?: boolean;
}

/**
 * Asks the gateway as the person who is signed in. When the login has ended, it is asked for again, and then this goes
 * on. @throws Refusal, Unreachable
 */
export async function call(path: string, options: Call = {}): Promise<Response> {
  for (;;) {
    const token = session.value?.token ?? '';
    const answer = await send(path, options, token === '' ? {} : { authorization: `Bearer ${token}` });
    if (answer.ok) return answer;
    const refusal = new Refusal(answer.status, await problemOf(answer));
    if (token === '' || (refusal.code !== 'INVALID_TOKEN' && refusal.code !== 'NO_TOKEN')) throw refusal;
    await signInAgain(token);
  }
}

/** Asks for something that only those need who are not signed in. @throws Refusal, Unreachable */
export async function callAsNobody(path: string, options: Call): Promise<Response> {
  const answer = await send(path, options, {});
  if (answer.ok) return answer;
  throw new Refusal(answer.status, await problemOf(answer));
}

/** The answer's JSON. The page and the gateway come from one release, so its form is that of the contracts. */
export async function ask<T>(path: string, options?: Call): Promise<T> {
  return (await (await call(path, options)).json()) as T; // see above
}

/** What went wrong, as a sentence. */
export function wordsFor(error: unknown): string {
  if (error instanceof Refusal || error instanceof Unreachable) return error.message;
  return 'Something went wrong in this page. Reload it and try again.';
}

async function send(path: string, options: Call, credentials: Record<string, string>): Promise<Response> {
  const { json, headers, cookies = false, method = 'GET', ...rest } = options;
  const content = json === undefined ? {} : { 'content-type': 'application/json' };
  try {
    const answer = await fetch(path, {
      ...rest,
      method,
      headers: { accept: 'application/json', ...content, ...credentials, ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      // Without cookies a browser asks nobody for a password in a window of its own.
      credentials: cookies ? 'same-origin' : 'omit',
    });
    hasConnection();
    learnTime(answer.headers.get('date'));
    return answer;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    lostConnection();
    throw new Unreachable(error);
  }
}

async function problemOf(answer: Response): Promise<Partial<ProblemBody>> {
  try {
    return (await answer.json()) as Partial<ProblemBody>; // an error of the API; anything else has none of its members
  } catch {
    return {};
  }
}
