import { newId } from '@clipscribe/contracts';
import request from 'supertest';
import { expiredClaims, forgeToken } from '../forged-tokens.ts';
import type { Person, TestAuth } from '../gateway-harness.ts';

export type Role = keyof typeof roles;

/**
 * Who asks for something of Ada's, by the token that is sent; undefined for none. Each token is a new one, which the
 * gateway has never seen, so that nothing is answered from memory.
 */
export const roles = {
  own: ({ ada }: TestAuth) => forgeToken(ada),
  "other's": ({ bob }: TestAuth) => forgeToken(bob),
  admin: ({ admin }: TestAuth) => forgeToken(admin),
  none: () => undefined,
  expired: ({ ada }: TestAuth) => forgeToken(ada, { claims: expiredClaims() }),
  'alg none': ({ ada }: TestAuth) => forgeToken(ada, { alg: 'none' }),
  HS512: ({ ada }: TestAuth) => forgeToken(ada, { alg: 'HS512' }),
  'unknown kid': ({ ada }: TestAuth) => forgeToken(ada, { kid: 'k9' }),
  'foreign aud': ({ ada }: TestAuth) => forgeToken(ada, { claims: { aud: 'somebody-else' } }),
  'foreign iss': ({ ada }: TestAuth) => forgeToken(ada, { claims: { iss: 'somebody-else' } }),
  'unknown user': ({ ada }: TestAuth) => forgeToken(ada, { claims: { sub: newId() } }),
  revoked: ({ ada, url }: TestAuth) => revoked(ada, url),
} satisfies Record<string, (auth: TestAuth) => string | undefined | Promise<string>>;

/** A token that was good until its owner logged out with it. */
async function revoked(person: Person, url: string): Promise<string> {
  const token = forgeToken(person);
  await request(url).post('/logout').auth(token, { type: 'bearer' }).expect(204);
  return token;
}
