import { principalSchema, type Principal } from '@clipscribe/contracts';
import { inSpan, UnavailableError } from '@clipscribe/runtime';
import type { AuthClient, ForwardedAnswer, ForwardedRequest } from '../auth-client.ts';

/** Callers are answered within 2 s when auth is away; this leaves the rest of them for the way. */
const TIMEOUT_MS = 1700;
const PASSED_BACK = ['content-type', 'www-authenticate', 'retry-after', 'allow', 'cache-control'];

interface AuthRequest {
  method: string;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

/** Auth over HTTP. */
export class HttpAuthClient implements AuthClient {
  readonly #url: string;
  readonly #host: string;

  constructor(url: string) {
    this.#url = url;
    this.#host = new URL(url).hostname;
  }

  async validate(token: string): Promise<Principal | null> {
    const answer = await this.#fetch('/validate', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.status === 401) return null;
    const principal = principalSchema.safeParse(answer.status === 200 ? parseJson(answer.body) : null);
    if (!principal.success)
      throw new UnavailableError('auth', { cause: new Error(`status ${String(answer.status)}`) });
    return principal.data;
  }

  async forward({ method, path, headers, body }: ForwardedRequest): Promise<ForwardedAnswer> {
    return this.#fetch(path, {
      method,
      headers: { ...headers },
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
  }

  async ping(): Promise<void> {
    const answer = await this.#fetch('/healthz', { method: 'GET' });
    if (answer.status !== 200) throw new UnavailableError('auth');
  }

  async #fetch(path: string, init: AuthRequest): Promise<ForwardedAnswer> {
    const attributes = { 'http.request.method': init.method, 'server.address': this.#host };
    return inSpan(`${init.method} ${path}`, { kind: 'client', attributes }, async (span) => {
      const headers = span === undefined ? {} : { traceparent: span.traceparent };
      const answer = await this.#send(path, { ...init, headers: { ...init.headers, ...headers } });
      span?.set({ 'http.response.status_code': answer.status });
      if (answer.status >= 500) span?.fail(String(answer.status));
      return answer;
    });
  }

  async #send(path: string, init: AuthRequest): Promise<ForwardedAnswer> {
    try {
      const answer = await fetch(`${this.#url}${path}`, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => PASSED_BACK.includes(name)));
      return { status: answer.status, headers, body };
    } catch (error) {
      throw new UnavailableError('auth', { cause: error });
    }
  }
}

/** Null for what is not JSON, such as the page of a proxy in between. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
