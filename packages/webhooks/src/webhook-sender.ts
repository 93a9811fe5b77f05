import { once } from 'node:events';
import {
  request as requestHttp,
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import type { WebhookError } from '@clipscribe/contracts';
import { parseRetryAfter } from '@clipscribe/runtime';
import type { AddressRules } from './address-rules.ts';
import { errorCodeOf } from './error-code.ts';
import { guardedLookup, type Resolvers } from './guarded-lookup.ts';
import { resolvePublicName, resolveTrustedName } from './resolve-name.ts';
import { signedHeaders, type SignedContent } from './sign.ts';

/** One attempt has so long in all: looking the name up, connecting, sending, and the whole answer. */
const ATTEMPT_MS = 15_000;
/** A receipt needs no more. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** So long one of several addresses of a host may take before the next one is tried. */
const CONNECT_MS = 2000;

export interface WebhookRequest extends SignedContent {
  url: string;
  /** Those that sign, newest first. */
  secrets: readonly { value: string }[];
}

/** What became of one request; taken when there is no error. */
export interface WebhookAnswer {
  durationMs: number;
  status?: number;
  error?: WebhookError;
  /** What the receiver asked for. */
  retryAfterMs?: number;
}

export interface SenderOptions {
  rules: AddressRules;
  resolvers?: Resolvers;
  attemptMs?: number;
}

/** Posts webhooks to addresses that the rules allow, directly: no proxy, no redirects, one connection a request. */
export class WebhookSender {
  readonly #rules: AddressRules;
  readonly #resolvers: Resolvers;
  readonly #attemptMs: number;
  // Own agents: those of the process may be set to use a proxy.
  readonly #agents = { http: new HttpAgent(), https: new HttpsAgent() };

  constructor({ rules, resolvers, attemptMs }: SenderOptions) {
    this.#rules = rules;
    this.#resolvers = resolvers ?? { public: resolvePublicName, trusted: resolveTrustedName };
    this.#attemptMs = attemptMs ?? ATTEMPT_MS;
  }

  /** Makes one attempt. Failures are answers too; only an abort by `signal` throws. */
  async send(webhook: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const timeout = AbortSignal.timeout(this.#attemptMs);
    const answer = await this.#attempt(webhook, AbortSignal.any([signal, timeout])).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        return { error: timeout.aborted ? ('TIMEOUT' as const) : errorCodeOf(error) };
      },
    );
    return { durationMs: Math.round(performance.now() - startedAt), ...answer };
  }

  async #attempt(webhook: WebhookRequest, signal: AbortSignal): Promise<Omit<WebhookAnswer, 'durationMs'>> {
    const url = new URL(webhook.url);
    if (this.#rules.refusal(url) !== null) return { error: 'ADDRESS_REFUSED' };
    const request = this.#open(url, webhook, signal);
    try {
      request.end(webhook.body);
      const [response] = (await once(request, 'response')) as [IncomingMessage]; // the form of this event
      return await readAnswer(response);
    } finally {
      request.destroy();
    }
  }

  #open(url: URL, webhook: WebhookRequest, signal: AbortSignal): ClientRequest {
    const isTls = url.protocol === 'https:';
    const options = {
      method: 'POST',
      lookup: guardedLookup(this.#rules, this.#resolvers, signal),
      autoSelectFamilyAttemptTimeout: CONNECT_MS,
      signal,
      headers: {
        'user-agent': 'clipscribe-webhooks/1',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(webhook.body),
        ...signedHeaders(webhook, webhook.secrets),
      },
    };
    const request = isTls
      ? requestHttps(url, { ...options, agent: this.#agents.https })
      : requestHttp(url, { ...options, agent: this.#agents.http });
    // Whoever waits for the answer hears of an error as well; this is for what a cut connection says after that.
    return request.on('error', () => undefined);
  }
}

async function readAnswer(response: IncomingMessage): Promise<Omit<WebhookAnswer, 'durationMs'>> {
  const status = response.statusCode ?? 0;
  const retryAfterMs = parseRetryAfter(response.headers['retry-after']);
  const error = errorOfStatus(status) ?? ((await isShort(response)) ? undefined : 'ANSWER_TOO_LARGE');
  return {
    status,
    ...(error === undefined ? {} : { error }),
    ...(error === undefined || retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function errorOfStatus(status: number): WebhookError | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 410) return 'GONE';
  return status >= 300 && status < 400 ? 'REDIRECTED' : 'NOT_2XX';
}

/** Reads an answer to its end, or until it is longer than it may be. */
async function isShort(response: IncomingMessage): Promise<boolean> {
  if (Number(response.headers['content-length'] ?? 0) > MAX_ANSWER_BYTES) return false;
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return false;
  }
  return true;
}
