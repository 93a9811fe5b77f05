import type { Principal } from '@clipscribe/contracts';
import { HttpProblem, UnavailableError } from '@clipscribe/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { AuthClient } from './auth-client.ts';
import { mediaCookie } from './media-cookie.ts';

/** A revoked token works no longer than this, because a good answer of auth is not asked again for as long. */
const CACHE_MS = 5000;
const CACHE_ENTRIES = 10_000;
/** A JWT of ours has about 400 characters; nothing much longer is worth asking auth about. */
const MAX_TOKEN_LENGTH = 4096;

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="clipscribe"' };

/** Checks the bearer token of every request with auth. */
export class Authenticator {
  readonly #auth: AuthClient;
  readonly #known: LRUCache<string, Principal>;
  readonly #clock: () => number;
  readonly #asking = new Map<string, Promise<Principal>>();

  /** `clock` gives milliseconds and never goes back. */
  constructor(auth: AuthClient, clock: () => number = () => performance.now()) {
    this.#auth = auth;
    this.#clock = clock;
    const time = { perf: { now: clock }, ttl: CACHE_MS, ttlResolution: 0 };
    this.#known = new LRUCache({ max: CACHE_ENTRIES, ...time });
  }

  /** A route for people who are logged in. */
  guard(handle: (req: Request, res: Response, principal: Principal) => Promise<void> | void): RequestHandler {
    return async (req, res) => {
      await handle(req, res, await this.principalOf(req));
    };
  }

  /** A route for administrators; for everybody else there is nothing here. */
  guardAdmins(handle: (req: Request, res: Response, admin: Principal) => Promise<void>): RequestHandler {
    return this.guard(async (req, res, principal) => {
      if (principal.role !== 'admin') throw new HttpProblem('NOT_FOUND', 'This is for administrators.');
      await handle(req, res, principal);
    });
  }

  /** A route that hands out files of a job: browsers may show the cookie of that job instead of a header. */
  guardFiles(
    handle: (req: Request, res: Response, principal: Principal) => Promise<void> | void,
  ): RequestHandler {
    return async (req, res) => {
      const cookie = req.get('authorization') === undefined ? mediaCookie(req) : undefined;
      await handle(
        req,
        res,
        await (cookie === undefined ? this.principalOf(req) : this.#principalFor(cookie)),
      );
    };
  }

  /** The bearer token of a request that was let in. */
  tokenOf(req: Request): string {
    return bearerToken(req);
  }

  /** Who sends this request. @throws HttpProblem NO_TOKEN, INVALID_TOKEN or AUTH_UNAVAILABLE */
  async principalOf(req: Request): Promise<Principal> {
    return this.#principalFor(bearerToken(req));
  }

  async #principalFor(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw notATokenOfOurs();
    return this.#known.get(token) ?? this.#asking.get(token) ?? this.#askOnce(token);
  }

  /** After a logout or a password change the token is asked about again. */
  forget(req: Request): void {
    const token = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
    if (token === undefined) return;
    this.#known.delete(token);
    this.#asking.delete(token);
  }

  /** Requests that come together share one question; an answer to what was asked before `forget` is not kept. */
  async #askOnce(token: string): Promise<Principal> {
    const askedAt = this.#clock();
    const asked = this.#ask(token);
    this.#asking.set(token, asked);
    try {
      const principal = await asked;
      // Counted from the question: the answer may have been true for a while when it comes.
      if (this.#asking.get(token) === asked) this.#known.set(token, principal, { start: askedAt });
      return principal;
    } finally {
      if (this.#asking.get(token) === asked) this.#asking.delete(token);
    }
  }

  async #ask(token: string): Promise<Principal> {
    const principal = await this.#auth.validate(token).catch((error: unknown) => {
      throw error instanceof UnavailableError ? authUnavailable(error) : error;
    });
    if (principal === null) {
      throw new HttpProblem('INVALID_TOKEN', 'The token is expired, revoked or not ours. Log in again.', {
        headers: CHALLENGE,
      });
    }
    return principal;
  }
}

/** Never 401 and never let in while auth cannot be asked. */
export function authUnavailable(cause: unknown): HttpProblem {
  const detail = 'Who you are cannot be checked at the moment. Try again in a few seconds.';
  return new HttpProblem('AUTH_UNAVAILABLE', detail, { cause, headers: { 'Retry-After': '5' } });
}

function bearerToken(req: Request): string {
  const header = req.get('authorization');
  if (header === undefined) {
    const detail = 'Send "Authorization: Bearer TOKEN" with the token that POST /login gives.';
    throw new HttpProblem('NO_TOKEN', detail, { headers: CHALLENGE });
  }
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) throw notATokenOfOurs();
  return token;
}

function notATokenOfOurs(): HttpProblem {
  const detail = 'The Authorization header must be "Bearer TOKEN".';
  return new HttpProblem('INVALID_TOKEN', detail, { headers: CHALLENGE });
}
