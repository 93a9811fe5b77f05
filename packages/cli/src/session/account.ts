import type { z } from 'zod';
import type { ApiClient, ApiRequest } from '../api/api-client.ts';
import { readJson } from '../api/read-json.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session, SessionStore } from './session-store.ts';

interface AccountOptions {
  api: ApiClient;
  sessions: SessionStore;
  /** From the environment, for scripts; it is not stored, and nobody is asked for a new one. */
  token?: string | undefined;
  /** Asks a person to log in, and returns the session; absent where there is nobody to ask. */
  ask?: ((known: Session | undefined) => Promise<Session>) | undefined;
}

/** Requests with the user's token. When it has expired and there is somebody to ask, they go on after a new login. */
export class Account {
  readonly api: ApiClient;
  readonly #options: AccountOptions;
  #token: Promise<string> | undefined;

  constructor(options: AccountOptions) {
    this.api = options.api;
    this.#options = options;
  }

  /** @throws CliError NOT_LOGGED_IN when there is no token, or it counts no longer */
  async send(request: ApiRequest): Promise<Response> {
    return this.withToken((token) =>
      this.api.send({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }),
    );
  }

  async json<S extends z.ZodType>(request: ApiRequest, schema: S): Promise<z.output<S>> {
    return readJson(this.api.server, await this.send(request), schema);
  }

  /** Does something with the token, and once more with a new one when the server does not accept it. */
  async withToken<T>(act: (token: string) => Promise<T>): Promise<T> {
    for (let asked = false; ; asked = true) {
      this.#token ??= this.#known();
      const token = this.#token;
      const value = await token;
      try {
        return await act(value);
      } catch (error) {
        if (!isRefusedToken(error)) throw error;
        if (asked) throw this.#notLoggedIn('has expired or was ended');
        // Of several requests that are refused at the same time the first one asks, and all go on with its answer.
        if (this.#token === token) this.#token = this.#renewed();
      }
    }
  }

  async #known(): Promise<string> {
    const { token, sessions, ask, api } = this.#options;
    if (token !== undefined) return token;
    const session = await sessions.get(api.server);
    if (session !== undefined) return session.token;
    if (ask === undefined) throw this.#notLoggedIn(undefined);
    return (await ask(undefined)).token;
  }

  async #renewed(): Promise<string> {
    const { token, sessions, ask, api } = this.#options;
    if (token !== undefined || ask === undefined) throw this.#notLoggedIn('has expired or was ended');
    return (await ask(await sessions.get(api.server))).token;
  }

  #notLoggedIn(why: string | undefined): CliError {
    const { token, api } = this.#options;
    const how = `log in with: clipscribe login --server ${api.server}`;
    const details = { exitCode: exitCodes.notLoggedIn };
    if (token !== undefined)
      return new CliError(
        'NOT_LOGGED_IN',
        `${api.server} does not accept the token in CLIPSCRIBE_TOKEN`,
        details,
      );
    const text =
      why === undefined ? `you are not logged in at ${api.server}` : `your login at ${api.server} ${why}`;
    return new CliError('NOT_LOGGED_IN', `${text}; ${how}`, details);
  }
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof CliError && error.status === 401;
}
