import type { Principal } from '@clipscribe/contracts';

export interface ForwardedRequest {
  method: string;
  path: string;
  /** Header names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface ForwardedAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** The auth service as the gateway needs it. Every method answers or throws within two seconds. */
export interface AuthClient {
  /** Whose token this is, or null when auth refuses it. @throws UnavailableError */
  validate: (token: string) => Promise<Principal | null>;
  /** Hands a request to auth as it came. @throws UnavailableError */
  forward: (request: ForwardedRequest) => Promise<ForwardedAnswer>;
  ping: () => Promise<void>;
}
