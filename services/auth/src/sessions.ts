import { HttpProblem } from '@clipscribe/runtime';
import type { User, UserStore } from '@clipscribe/user-store';
import type { TokenClaims, Tokens } from './tokens.ts';

/** Somebody who has shown a token that is good at this moment. */
export interface Session {
  user: User;
  token: TokenClaims;
}

/** Finds out who sends a request from its `Authorization` header. @throws HttpProblem NO_TOKEN, INVALID_TOKEN */
export type Authenticate = (authorization: string | undefined) => Promise<Session>;

export function createAuthenticate({ users, tokens }: { users: UserStore; tokens: Tokens }): Authenticate {
  return async (authorization) => {
    const token = tokens.read(bearerToken(authorization));
    if (token === null) throw invalidToken();
    const [user, revoked] = await Promise.all([
      users.findById(token.userId),
      users.isTokenRevoked(token.tokenId),
    ]);
    if (user === null || user.disabled || revoked || token.epoch !== user.tokensValidFrom)
      throw invalidToken();
    return { user, token };
  };
}

/** One answer for every reason, so that nothing is learned from a stolen or invented token. */
export function invalidToken(): HttpProblem {
  return new HttpProblem('INVALID_TOKEN', 'The token has expired or is not valid any more. Sign in again.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

/** The token in `Authorization: Bearer …` (RFC 6750, section 2.1). */
function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer(?: +(.*))?$/i.exec(authorization ?? '');
  if (token !== null) return token[1]?.trim() ?? '';
  throw new HttpProblem('NO_TOKEN', 'Send the token from POST /login as "Authorization: Bearer <token>".', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}
